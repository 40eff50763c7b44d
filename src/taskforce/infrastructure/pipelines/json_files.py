"""JSON (RFC 8259), strictly: no key twice, no NaN, nothing too deep; and where its parts stand."""

import json
import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

from pydantic import JsonValue

from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import PartPath, Places, Position
from taskforce.infrastructure.pipelines.documents import (
    BEGIN,
    DEEPEST,
    MOST_PARTS,
    TOO_DEEP,
    TOO_MANY,
    Document,
    checked,
    refused,
    twice,
)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],:"]+')
"""Of a text that is JSON; colons and white space tell nothing more."""
_MOST_DIGITS = 18


def json_document(file: str, text: str) -> Document:
    """Return what a text in JSON says. Raises ConfigInvalid."""
    try:
        value = json.loads(text, parse_constant=_no_number, parse_int=_integer, parse_float=_float)
    except json.JSONDecodeError as wrong:
        raise refused(file, (wrong.lineno, wrong.colno), f"this is not JSON: {wrong.msg}.") from wrong
    except ValueError as wrong:
        raise refused(file, BEGIN, f"{wrong}.") from wrong
    except RecursionError as wrong:
        raise refused(file, BEGIN, TOO_DEEP) from wrong
    survey = _Survey(file, text)
    for token in _TOKEN.finditer(text):
        survey.take(token[0], token.start())
    if survey.problems:
        raise ConfigInvalid(survey.problems)
    return checked(Document(value=value, places=Places(file=file, marks=survey.marks)))


@dataclass(slots=True)
class _Level:
    """A mapping or a list that is being read."""

    path: PartPath
    is_mapping: bool
    items: int = 0
    key: str | None = None
    """The key whose value comes next."""


@dataclass(slots=True)
class _Survey:
    """Notes where keys and items begin, token by token."""

    file: str
    text: str
    marks: dict[PartPath, Position] = field(default_factory=dict)
    problems: list[ConfigProblem] = field(default_factory=list)
    _levels: list[_Level] = field(default_factory=list)
    _line: int = 1
    _line_begin: int = 0
    _counted: int = 0
    """Up to which character lines were counted."""

    def take(self, sign: str, at: int) -> None:
        """Note what a token begins or ends."""
        if sign == ",":
            return
        if sign in "}]":
            self._levels.pop()
            return
        path = self._begun(sign, at)
        if sign in "{[" and path is not None:
            if len(self._levels) >= DEEPEST:
                raise refused(self.file, self._position(at), TOO_DEEP)
            self._levels.append(_Level(path, is_mapping=sign == "{"))

    def _begun(self, sign: str, at: int) -> PartPath | None:
        """Return the path of the value that begins; None for a key."""
        if not self._levels:
            return ()
        level = self._levels[-1]
        if not level.is_mapping:
            path = (*level.path, level.items)
            level.items += 1
            self._mark(path, at)
            return path
        if level.key is not None:
            path, level.key = (*level.path, level.key), None
            return path
        level.key = str(json.loads(sign))
        self._mark((*level.path, level.key), at)
        return None

    def _mark(self, path: PartPath, at: int) -> None:
        where = self._position(at)
        if path in self.marks:
            line, column = where
            message = twice(str(path[-1]), self.marks[path])
            self.problems.append(ConfigProblem(file=self.file, line=line, column=column, message=message))
        elif len(self.marks) >= MOST_PARTS:
            raise refused(self.file, where, TOO_MANY)
        self.marks.setdefault(path, where)

    def _position(self, at: int) -> Position:
        if lines := self.text.count("\n", self._counted, at):
            self._line += lines
            self._line_begin = self.text.rfind("\n", self._counted, at) + 1
        self._counted = at
        return self._line, at - self._line_begin + 1


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _integer(digits: str) -> JsonValue:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has more than {_MOST_DIGITS} digits: put it in quotes if it is text")
    return int(digits)


def _float(digits: str) -> JsonValue:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large: put it in quotes if it is text")
    return number
