"""What artifacts are called, and what a second one of a name may be called instead."""

import re
from collections.abc import Collection, Mapping

_NO_WORD = re.compile(r"[\W_]+")
LONGEST_NAME = 64
"""Characters, as the Agent Skills format has it."""


def name_of(path: str, fields: Mapping[str, object], *, otherwise: str) -> str:
    """Return the name that front matter gives, else that of the folder or of the file without its ending.

    `otherwise` is for the repository's root, which has no name of its own.
    """
    said = fields.get("name")
    if isinstance(said, str) and _is_name(said.strip()):
        return said.strip()
    last = path.rsplit("/", 1)[-1]
    return last[:-3] if len(last) > len(".md") and last[-3:].lower() == ".md" else last or otherwise


def suggested_name(name: str, taken: Collection[str]) -> str:
    """Return a name that is free: `deploy-2`, `deploy-3`, …; cut, so that it stays a name.

    Names that differ in case alone count as one.
    """
    small = {one.casefold() for one in taken}
    number = 2
    while (free := f"{name[: LONGEST_NAME - len(str(number)) - 1].rstrip('-')}-{number}").casefold() in small:
        number += 1
    return free


def skill_name(name: str) -> str:
    """Return a name as the format of skills wants it: small letters, digits, words joined by hyphens."""
    words = "-".join(filter(None, _NO_WORD.split(name.lower())))
    return words[:LONGEST_NAME].rstrip("-") or "skill"


def _is_name(said: str) -> bool:
    return (
        0 < len(said) <= LONGEST_NAME and said.isprintable() and "/" not in said and said not in {".", ".."}
    )
