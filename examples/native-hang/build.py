"""Build the native module beside this file, with the C compiler."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

folder = Path(__file__).parent
subprocess.run(
    [
        "cc",
        "-shared",
        "-fPIC",
        "-O1",
        *(["-undefined", "dynamic_lookup"] if sysconfig.get_platform().startswith("macos") else []),
        f"-I{sysconfig.get_path('include')}",
        str(folder / "backend.c"),
        "-o",
        str(folder / f"backend{sysconfig.get_config_var('EXT_SUFFIX')}"),
    ],
    check=True,
)
