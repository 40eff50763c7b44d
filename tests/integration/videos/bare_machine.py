"""The command line of a machine that lacks packages: their names, by commas, then a command's words."""

import sys

from taskforce.__main__ import main

missing, *words = sys.argv[1:]
for package in missing.split(","):
    sys.modules[package] = None  # type: ignore[assignment] # Python's way to say that there is none
sys.argv = ["taskforce", *words]
main()
