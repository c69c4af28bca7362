"""Prints whether it is watched."""

from tapscope.agents import inspector

print("watched" if inspector.url() else "not watched")
