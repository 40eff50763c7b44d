"""The home: the folder in which everything of this machine lives."""

from pathlib import Path

PRIVATE = 0o700
"""It is its owner's alone: what missions said is in it."""


def below(home: Path, name: str) -> Path:
    """Return the place of a folder in the home, which is made if it is not there yet."""
    home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return home / name
