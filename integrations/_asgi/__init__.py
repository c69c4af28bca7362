"""Watching calls of ASGI applications; the public face is :mod:`tapscope.integrations.asgi`."""
