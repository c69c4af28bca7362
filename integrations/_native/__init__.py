"""Watching calls of native code; the public face is :mod:`tapscope.integrations.native`."""
