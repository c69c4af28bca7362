"""Import and export of HAR files, through DevTools' own modules in its page."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.chromium import Chromium
from tests.e2e.panel import Panel

EMPTY = "devtools://devtools/bundled/worker_app.html?panel=network"
_MODULES = """
    const har = await import('devtools://devtools/bundled/models/har/har.js');
    const network = await import('devtools://devtools/bundled/panels/network/network.js');
    const view = network.NetworkPanel.NetworkPanel.instance().networkLogView;
"""


def exported(panel: Panel, *, sanitize: bool) -> dict[str, Any]:
    """What "Export HAR" of this panel writes to a file."""
    script = f"""(async () => {{
        {_MODULES}
        let text = '';
        const file = {{write: async part => {{ text += part; }}, close() {{}}}};
        const progress = document.createElement('devtools-progress');
        const options = {{sanitize: {json.dumps(sanitize)}}};
        await har.Writer.Writer.write(file, view.harRequests(), options, progress);
        return text;
    }})()"""
    told: dict[str, Any] = json.loads(panel.page.evaluate(script))
    return told


def imported(browser: Chromium, text: str) -> Panel:
    """A panel without a program, into which "Import HAR" has read a file with this text."""
    panel = Panel(browser.open(EMPTY))
    # DevTools' modules must not be asked before it has begun itself.
    panel.show("Network")
    script = f"""(async () => {{
        {_MODULES}
        await view.onLoadFromFile(new File([{json.dumps(text)}], 'out.har'));
    }})()"""
    panel.page.evaluate(script)
    return panel
