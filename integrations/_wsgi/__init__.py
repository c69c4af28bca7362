"""Watching calls of WSGI applications; the public face is :mod:`tapscope.integrations.wsgi`."""
