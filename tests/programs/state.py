"""Prints what a program can see of how it was started."""

import json
import os
import signal
import sys
import threading

main = sys.modules["__main__"]
print(
    json.dumps(
        {
            "argv": sys.argv,
            "path": sys.path,
            "importers": [each for each in sys.path_importer_cache if "bootstrap" in each],
            "flags": repr(sys.flags),
            "warnoptions": sys.warnoptions,
            "xoptions": sys._xoptions,
            "main": {name: type(value).__name__ for name, value in vars(main).items()},
            "spec": __spec__ and [__spec__.name, __spec__.origin, __spec__.cached],
            "file": getattr(main, "__file__", None),
            "name": __name__,
            "package": __package__,
            "environment": list(os.environ.items()),
            "directory": os.getcwd(),
            "handlers": [str(signal.getsignal(each)) for each in sorted(signal.valid_signals())],
            "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            "customized": ["sitecustomize" in sys.modules, "usercustomize" in sys.modules],
            "thread": threading.current_thread().name,
            "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stdout.line_buffering],
            "unbuffered": sys.stdout.write_through,
        },
        indent=1,
    )
)
