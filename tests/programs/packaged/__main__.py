"""Says how it was started."""

import sys

print(__name__, __package__, sys.argv[1:], bool(__spec__))
