"""Watching statements and connections; the public face is :mod:`tapscope.integrations.sqlite3`."""
