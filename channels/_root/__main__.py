"""``python -m tapscope`` is the command ``tapscope``."""

from __future__ import annotations

import sys

from tapscope.cli import main

if __name__ == "__main__":
    sys.exit(main())
