"""What a measured process is told, as JSON in its argument, and what it tells, as JSON in its last line."""

import json
import sys
from typing import Any


def told() -> dict[str, Any]:
    """Return what this process is to do."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    return asked


def tell(**found: float | str) -> None:
    """Say what was found."""
    print(json.dumps(found), flush=True)
