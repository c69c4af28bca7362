"""Bodies made readable: codings undone, texts told from binary, event streams taken apart."""
