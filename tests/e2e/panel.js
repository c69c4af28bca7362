// Reads and points at the DevTools page, whose DOM is nested shadow roots.
// Evaluates to an object of functions.
(() => {
  const below = root => [
    ...(root.shadowRoot ? below(root.shadowRoot) : []),
    ...[...root.querySelectorAll("*")].flatMap(node => [node, ...(node.shadowRoot ? below(node.shadowRoot) : [])]),
  ];
  const shown = node => node.checkVisibility({ visibilityProperty: true });
  const all = (selector, root = document) =>
    root ? below(root).filter(node => node.matches(selector) && shown(node)) : [];
  const one = (selector, root = document) => all(selector, root)[0] ?? null;

  // Without non-breaking spaces, invisible characters, and the gear that marks a worker's row.
  const plain = value => value.replace(/\u00a0/g, " ").replace(/[\u200b\u2068\u2069\u2699]/g, "").trim();
  const children = node => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    const assigned = node.localName === "slot" ? node.assignedNodes() : [];
    return assigned.length ? assigned : node.childNodes;
  };
  const dataOf = url => {
    const [, encoding, data] = url.match(/^data:[^,]*?(;base64)?,(.*)$/s) ?? [];
    if (!encoding) return decodeURIComponent(data ?? "");
    return new TextDecoder().decode(Uint8Array.from(atob(data), byte => byte.codePointAt()));
  };
  const lines = node => {
    if (node.nodeType === Node.TEXT_NODE) return plain(node.data) ? [plain(node.data)] : [];
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("style, script, svg")) return [];
    if (node.localName === "iframe") return [dataOf(node.src)];
    if (node.matches(".cm-line")) return [node.textContent];
    return node.localName === "slot" || shown(node) ? [...children(node)].flatMap(lines) : [];
  };
  const text = node => node ? lines(node).join("\n") : "";

  // Where to click on a node: near its left end, as links do not fill their cell.
  const point = node => {
    if (!node) return null;
    node.scrollIntoView({ block: "nearest" });
    const box = node.getBoundingClientRect();
    return box.width && box.height ? [box.x + Math.min(box.width / 2, 60), box.y + box.height / 2] : null;
  };

  const cell = (row, column) => {
    const td = row.querySelector(`td.${column}-column`);
    const detail = td?.querySelector(".network-cell-subtitle");
    const parts = [...(td?.childNodes ?? [])].filter(node => node !== detail);
    return [plain(parts.map(node => node.textContent).join("")), plain(detail?.textContent ?? "")];
  };
  const columns = ["name", "status", "protocol", "remote-address", "type", "initiator", "size", "time"];
  const readRow = row => ({
    ...Object.fromEntries(columns.flatMap(column => {
      const [value, detail] = cell(row, column);
      const key = column.replace("-", "_");
      return [[key, value], [`${key}_detail`, detail]];
    })),
    red: row.classList.contains("network-error-row"),
  });
  const grid = () => all(".network-log-grid tr.data-grid-data-grid-node");
  const row = name => grid().find(candidate => readRow(candidate).name === name) ?? null;

  const exchange = () => one(".network-item-view");
  const isWhole = () => !exchange() && grid().every(row => readRow(row).status);
  const title = tab => text(tab).split("\n")[0];
  const tab = (name, root = document) =>
    all(".tabbed-pane-header-tab", root).find(candidate => title(candidate) === name) ?? null;
  const tabTitles = () => all(".tabbed-pane-header-tab", exchange()).map(title);
  const isOpen = (name, root) => tab(name, root)?.classList.contains("selected") ?? false;
  const tabText = () => text(one(".tabbed-pane-content", exchange()));
  const picture = () => {
    const image = one(".image-view img", exchange());
    return image?.naturalWidth ? [image.naturalWidth, image.naturalHeight] : null;
  };

  const numberBeside = (line, editor) => {
    const box = line.getBoundingClientRect();
    const middle = box.y + box.height / 2;
    const beside = all(".cm-lineNumbers .cm-gutterElement", editor).find(label => {
      const { y, bottom } = label.getBoundingClientRect();
      return y <= middle && middle < bottom;
    });
    return beside ? Number(beside.textContent) : null;
  };
  const source = () => {
    const editor = one(".sources.panel devtools-text-editor");
    const marked = one(".cm-highlightedLine", editor);
    const file = one(".tabbed-pane-header-tab.closeable.selected");
    if (!marked || !file || numberBeside(marked, editor) === null) return null;
    return {
      file: title(file),
      line: numberBeside(marked, editor),
      line_text: marked.textContent,
      text: all(".cm-line", editor).map(line => line.textContent).join("\n"),
      tokens: all("[class*='token-']", editor).map(token => [token.textContent, token.className]),
    };
  };

  const button = words => all("button").find(candidate => text(candidate).includes(words)) ?? null;

  const levels = ["error", "warning", "info", "verbose"];
  const messages = () => all(".console-message-wrapper").map(message => ({
    level: levels.find(level => message.classList.contains(`console-${level}-level`)
      || message.querySelector(`.console-${level}-level`)) ?? "",
    text: lines(one(".console-message-text", message) ?? message).join(" "),
  }));

  const message = words =>
    all(".console-message-wrapper").find(candidate => text(candidate).includes(words));

  return {
    button, message, one, point, grid, readRow, row, exchange, isWhole, tab, tabTitles, isOpen, tabText, picture, source, messages,
  };
})()
