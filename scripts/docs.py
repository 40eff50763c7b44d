"""`make docs`: writes the references and the README's tables again from the code; `--check` only compares."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from docs_core import event_page, settings, settings_table
from docs_doors import cli, contract, errors, exit_codes, exit_table, http
from docs_life import life
from docs_planner import corpus_table, phrase_table, refusal_table, verb_table
from docs_profiles import profiles
from docs_tables import fresh

from taskforce.infrastructure.database.fresh import SCRIPT as FRESH

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
JOBS = ROOT / "docs" / "explanation" / "jobs.md"
PLANNER = ROOT / "docs" / "explanation" / "local-planner.md"
NOTE = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"

PAGES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "events": event_page,
    "cli": cli,
    "http-api": http,
    "exit-codes": exit_codes,
    "errors": errors,
    "profiles": profiles,
}
BLOCKS: dict[Path, dict[str, Callable[[], str]]] = {
    README: {"settings": settings_table, "exit codes": exit_table, "corpus": corpus_table},
    JOBS: {"life of a job": life},
    PLANNER: {
        "corpus": corpus_table,
        "verbs": verb_table,
        "phrases": phrase_table,
        "refused": refusal_table,
    },
}


def written() -> dict[Path, str]:
    """Return every file as it is to be."""
    pages = {REFERENCE / f"{name}.md": f"{NOTE}\n\n{page().strip()}\n" for name, page in PAGES.items()}
    pages[REFERENCE / "openapi.json"] = contract()
    pages[FRESH] = fresh()
    return pages | {
        page: _filled(page.read_text(encoding="utf-8"), blocks) for page, blocks in BLOCKS.items()
    }


def _filled(page: str, blocks: dict[str, Callable[[], str]]) -> str:
    for name, made in blocks.items():
        place = re.compile(rf"(<!-- {name}: written by `make docs` -->\n).*?(<!-- end -->)", re.DOTALL)
        whole = made().replace("\\", r"\\")
        page, places = place.subn(rf"\g<1>{whole}\n\g<2>", page)
        if not places:
            raise LookupError(f"no page has a place for {name!r}")
    return page


def main() -> int:
    """Write what has changed, or with --check tell it and return 1."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when a page is out of date"
    )
    is_check = asked.parse_args().check
    stale = [
        path
        for path, text in written().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        print(f"{'out of date' if is_check else 'written'}: {path.relative_to(ROOT)}")
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written()[path], encoding="utf-8")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
