"""YAML: read from its events, so that nothing is built, expanded or run that a configuration has no use for.

Plain scalars are those of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema) less octal
and hexadecimal numbers: `on`, `no` and `12:30` are text. Keys are always text. Aliases stand for what they
name and count in full; tags, merge keys and further documents are refused.
"""

import math
import re
from collections.abc import Iterator

import yaml
from pydantic import JsonValue

from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import PartPath, Places, Position, cut
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

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def yaml_document(file: str, text: str) -> Document:
    """Return what a text in YAML says. Raises ConfigInvalid."""
    reading = _Reading(file, text)
    try:
        value = reading.document()
    except yaml.MarkedYAMLError as wrong:
        raise reading.no_yaml(wrong) from wrong
    if reading.problems:
        raise ConfigInvalid(reading.problems)
    return checked(Document(value=value, places=Places(file=file, marks=reading.marks)))


class _Reading:
    """One reading of a file: its events, and what was found so far."""

    def __init__(self, file: str, text: str) -> None:
        self.marks: dict[PartPath, Position] = {}
        self.problems: list[ConfigProblem] = []
        self._file = file
        self._lines = text.split("\n")
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        """What an anchor names, and how many parts that has."""
        self._parts = 0

    def document(self) -> JsonValue:
        """Return the only document; None when there is none."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        value = self._value(next(self._events), ())
        next(self._events)
        further = next(self._events)
        if not isinstance(further, yaml.StreamEndEvent):
            raise refused(self._file, _start(further), "a second document begins here. Keep one a file.")
        return value

    def no_yaml(self, wrong: yaml.MarkedYAMLError) -> ConfigInvalid:
        """Return where the text stops being YAML, and why."""
        mark = wrong.problem_mark or wrong.context_mark
        line = min(mark.line, len(self._lines) - 1) if mark else 0
        written = self._lines[line]
        tab = written[: len(written) - len(written.lstrip())].find("\t")
        if tab >= 0:
            return refused(self._file, (line + 1, tab + 1), "a tab cannot indent in YAML. Use spaces.")
        column = min(mark.column, len(written)) if mark else 0
        return refused(self._file, (line + 1, column + 1), f"this is not YAML: {wrong.problem}.")

    def _value(self, event: yaml.Event, path: PartPath) -> JsonValue:
        before = self._parts
        self._count(1, event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise refused(self._file, _start(event), f"the tag {cut(tag)} is not read. Remove it.")
        value = self._content(event, path)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = (value, self._parts - before)
        return value

    def _content(self, event: yaml.Event, path: PartPath) -> JsonValue:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(path) >= DEEPEST:
            raise refused(self._file, _start(event), TOO_DEEP)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _mapping(self, path: PartPath) -> JsonValue:
        found: dict[str, JsonValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            inner = (*path, key)
            if key in found:
                self._problem(event, twice(key, self.marks[inner]))
            self.marks.setdefault(inner, _start(event))
            found[key] = self._value(next(self._events), inner)
        return found

    def _list(self, path: PartPath) -> JsonValue:
        found: list[JsonValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            inner = (*path, len(found))
            self.marks[inner] = _start(event)
            found.append(self._value(event, inner))
        return found

    def _key(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise refused(self._file, _start(event), "a key must be plain text.")
        if event.value == "<<" and event.implicit[0]:
            raise refused(
                self._file, _start(event), "merge keys (<<) are not read. Write the keys themselves."
            )
        return str(event.value)

    def _scalar(self, event: yaml.ScalarEvent) -> JsonValue:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if not _FLOAT.fullmatch(text):
            return text
        number = float(text)
        if not math.isfinite(number):
            self._problem(event, f"{cut(text)} is too large a number. Put it in quotes if it is text.")
        return number

    def _alias(self, event: yaml.AliasEvent) -> JsonValue:
        name = str(event.anchor)
        if name not in self._anchors:
            message = f"*{cut(name)} stands for nothing that is written above and ended there."
            raise refused(self._file, _start(event), message)
        value, parts = self._anchors[name]
        self._count(parts, event)
        return value

    def _count(self, parts: int, event: yaml.Event) -> None:
        self._parts += parts
        if self._parts > MOST_PARTS:
            raise refused(self._file, _start(event), TOO_MANY)

    def _problem(self, event: yaml.Event, message: str) -> None:
        line, column = _start(event)
        self.problems.append(ConfigProblem(file=self._file, line=line, column=column, message=message))


def _start(event: yaml.Event) -> Position:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else BEGIN
