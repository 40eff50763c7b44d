"""`make contract`: is the API still what was released? With `--release`, what is now becomes the release."""

import argparse
import json
import sys
from pathlib import Path

from scripts.contract.changes import Document
from scripts.contract.comparing import compared

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
CURRENT = REFERENCE / "openapi.json"
RELEASED = REFERENCE / "openapi-v1.json"
REMEDY = """\
Keep what was, and add beside it instead of changing it. A break needs a new path, such as /api/v2: what is
promised stands in docs/explanation/api-compatibility.md."""


def main() -> int:
    """Tell each change since the release; return 1 when one breaks clients, and then release nothing."""
    asked = argparse.ArgumentParser(prog="make contract", description=__doc__)
    asked.add_argument("--release", action="store_true", help="keep the document as the released one")
    asked.add_argument("--current", type=Path, default=CURRENT, help="the document as it is")
    asked.add_argument("--released", type=Path, default=RELEASED, help="the document as it was released")
    words = asked.parse_args()
    if not (words.released.is_file() or words.release):
        print(f"There is no {words.released}: nothing was released. `make contract RELEASE=1` makes it.")
        return 1
    current = _read(words.current)
    changes = list(compared(_read(words.released) if words.released.is_file() else current, current))
    for change in changes:
        print(change)
    if any(change.breaks for change in changes):
        print(REMEDY)
        return 1
    if words.release:
        words.released.write_bytes(words.current.read_bytes())
    print(f"{words.current.name} {'is' if words.release else 'keeps'} the contract of {words.released.name}.")
    return 0


def _read(file: Path) -> Document:
    found: Document = json.loads(file.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
