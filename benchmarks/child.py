"""What a measured process is told, and how it tells what it found: JSON as its argument, JSON as its last line."""

import json
import sys
from typing import Any


def told() -> Any:
    """Return what this process is to do."""
    return json.loads(sys.argv[1])


def tell(**found: float | str) -> None:
    """Say what was found."""
    print(json.dumps(found), flush=True)
