"""What the Markdown of a skill by strangers says: read leniently, for nobody here can mend it."""

from collections.abc import Mapping, Sequence

from taskforce.core.marketplace.collection import StoredFile
from taskforce.core.skills import LONGEST_COMPATIBILITY, LONGEST_DESCRIPTION, MAIN_FILE, SkillHeader

LONGEST = 100_000
"""Bytes of it."""
_FENCE = "---"


def main_file(files: Sequence[StoredFile]) -> StoredFile | None:
    """Return the file with a skill's instructions: its SKILL.md, or the only file that it is."""
    named = [file for file in files if file.path.casefold() == MAIN_FILE.casefold()]
    if named:
        return min(named, key=lambda file: file.path != MAIN_FILE)
    return files[0] if len(files) == 1 else None


def body_of(text: str) -> str:
    """Return what stands below the head; all of it when there is no head."""
    lines = text.removeprefix("\ufeff").splitlines()
    if lines and lines[0].rstrip() == _FENCE:
        end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), 0)
        lines = lines[end + 1 :]
    return "\n".join(lines).strip("\n") + "\n"


def header_of(name: str, fields: Mapping[str, object], body: str) -> SkillHeader | None:
    """Return the head under the name that the collection gives; None when nothing says what it is for.

    What the format does not know is left out, and what is too long is cut; without a description the first
    line of the instructions stands for it.
    """
    said = _text(fields.get("description")) or _first_line(body)
    if not said:
        return None
    return SkillHeader(
        name=name,
        description=_cut(said, LONGEST_DESCRIPTION),
        license=_text(fields.get("license")) or None,
        compatibility=_cut(_text(fields.get("compatibility")), LONGEST_COMPATIBILITY) or None,
        metadata=_texts(fields.get("metadata")),
        allowed_tools=_tools(fields.get("allowed-tools")),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    found = value.items() if isinstance(value, Mapping) else ()
    return {str(name): said for name, said in found if isinstance(said, str)}


def _tools(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value if _text(one))
    return _text(value)


def _first_line(body: str) -> str:
    lines = (line.strip(" #*-\t") for line in body.splitlines())
    return next((line for line in lines if line), "")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
