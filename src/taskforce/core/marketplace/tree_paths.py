"""Which paths of a tree are taken: those that are the same file wherever they are written."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from unicodedata import normalize

_LONGEST, _LONGEST_PART, _DEEPEST = 1_024, 255, 64
_DRIVE = re.compile(r"[A-Za-z]:")
_NO_PARTS = frozenset({"", ".", ".."})
_OF_GIT = frozenset({".git", "git~1"})
"""What git takes for its own folder, on some systems, when the name is found in a tree."""


def _is_too_long(path: str, parts: Sequence[str]) -> bool:
    longest = max(len(part.encode()) for part in parts)
    return len(path.encode()) > _LONGEST or len(parts) > _DEEPEST or longest > _LONGEST_PART


_RULES: tuple[tuple[Callable[[str, Sequence[str]], object], str], ...] = (
    (lambda path, _: path.startswith("/") or _DRIVE.match(path), "its path is absolute"),
    (lambda path, _: "\\" in path, "its path has a backslash"),
    (lambda path, _: not path.isprintable(), "its path has characters that cannot be printed"),
    (lambda _, parts: not _NO_PARTS.isdisjoint(parts), "its path has empty parts, . or .."),
    (
        lambda _, parts: any(part.casefold().rstrip(". ") in _OF_GIT for part in parts),
        "its path leads into a folder of git's own",
    ),
    (
        _is_too_long,
        f"its path has more than {_LONGEST:,} bytes, {_LONGEST_PART} in a part, or {_DEEPEST} parts",
    ),
)


def reason_against(path: str) -> str:
    """Return why a path is not taken, empty when it is."""
    parts = path.split("/")
    return next((reason for is_so, reason in _RULES if is_so(path, parts)), "")


def clashes(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each path that is another's where case or Unicode's forms do not count, and that other.

    Of two the first in order stays; a file clashes with a folder, too. Linear in the paths.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in sorted(paths):
        same = folded(path)
        above = _above(same)
        other = files.get(same) or folders.get(same) or next(filter(None, map(files.get, above)), None)
        if other is not None:
            yield path, other
            continue
        files[same] = path
        for folder in above:
            folders.setdefault(folder, path)


def shown(path: str | bytes, *, most: int = 120) -> str:
    """Return a path for people, however strange it is: in one line, and cut."""
    text = path.decode("utf-8", "backslashreplace") if isinstance(path, bytes) else path
    if not text.isprintable():
        text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= most else f"{text[:most]}…"


def folded(path: str) -> str:
    """Return a path as systems know it that do not tell case or Unicode's forms apart."""
    return path.lower() if path.isascii() else normalize("NFC", normalize("NFC", path).casefold())


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
