"""What a configuration's file says, whatever its format: a value, and where its parts stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import PartPath, Places, Position, cut

LONGEST = 256 * 1024
"""Bytes of a file: a configuration is written by people."""
BEGIN: Position = (1, 1)
DEEPEST = 50
"""Mappings and lists within one another."""
MOST_PARTS = 50_000
"""Keys, items and values, with those that an alias stands for."""
TOO_DEEP = f"more than {DEEPEST} mappings and lists lie within one another."
TOO_MANY = f"there are more than {MOST_PARTS:,} keys and values, those that aliases stand for included."

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNFIT = re.compile("[\0\ud800-\udfff]")
"""What may be written with an escape, and yet fits no process and no database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says."""

    value: JsonValue
    places: Places


def decoded(file: str, data: bytes) -> str:
    """Return a file's text.

    Raises:
        ConfigInvalid: it is too long, not UTF-8, or holds control characters.
    """
    if len(data) > LONGEST:
        raise refused(file, BEGIN, f"is longer than {LONGEST // 1024} KiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8-sig", "replace")
        message = f"the byte 0x{data[wrong.start]:02x} is not UTF-8. Save the file as UTF-8."
        raise refused(file, position(before, len(before)), message) from wrong
    if found := _UNPRINTABLE.search(text):
        message = f"the character U+{ord(found[0]):04X} may not stand here. Remove it."
        raise refused(file, position(text, found.start()), message)
    return text


def checked(document: Document) -> Document:
    """Return the document if each text in it can be stored and given to a program. Raises ConfigInvalid."""
    problems = [
        document.places.problem(path, "holds NUL or half a character. Remove it.")
        for path, text in _texts((), document.value)
        if _UNFIT.search(text)
    ]
    if problems:
        raise ConfigInvalid(problems)
    return document


def position(text: str, index: int) -> Position:
    """Return the line and column of a character."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def refused(file: str, where: Position, message: str) -> ConfigInvalid:
    """Return the error of a single problem."""
    line, column = where
    return ConfigInvalid([ConfigProblem(file=file, line=line, column=column, message=message)])


def twice(key: str, first: Position) -> str:
    """Return what is wrong with a key that a mapping says a second time."""
    return f"{cut(key)!r} is said twice; the first is in line {first[0]}. Keep one of them."


def _texts(path: PartPath, value: JsonValue) -> Iterator[tuple[PartPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts((*path, index), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key), key
            yield from _texts((*path, key), item)
