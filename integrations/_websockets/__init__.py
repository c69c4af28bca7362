"""Watching websockets, whichever library speaks them; each has a public module of its name."""
