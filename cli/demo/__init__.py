"""A program made for looking at: a small server, and small clients that ask it for everything."""

from __future__ import annotations
