"""The log of a command, loaded without what it never shows.

structlog takes rich where it is installed, for tracebacks in colour; ours are lines of JSON. It would be a
twentieth of what a short command loads.
"""

import sys


def load() -> None:
    """Import structlog as if rich were not there; what imports rich itself still gets it."""
    if "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment] # the import system's word for: there is none
    try:
        import structlog  # noqa: F401
    finally:
        del sys.modules["rich"]
