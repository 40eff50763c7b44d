"""Front matter and manifests: texts alone, of bounded size and depth; nothing is built, expanded or run.

YAML is read from its events. Anchors, aliases and tags are refused, so that neither a bomb nor a Python
object can be made of it; dates, numbers and words such as `yes` stay texts.
"""

import json
from collections.abc import Iterator, Mapping

import yaml

from taskforce.core.marketplace.errors import FrontMatterInvalid
from taskforce.core.marketplace.ports import FrontMatterReader

MOST_BYTES = 64 * 1024
"""Of YAML; real heads have a few hundred."""
MOST_JSON_BYTES = 1024 * 1024
"""Marketplaces list hundreds of plugins."""
DEEPEST = 8
MOST_VALUES = 5_000
MOST_JSON_VALUES = 50_000
_FENCE = b"---"
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlFrontMatter(FrontMatterReader):
    """Reads the YAML heads of Markdown, and whole files of YAML and JSON."""

    def fields(self, path: str, content: bytes) -> Mapping[str, object]:
        if path[-3:].lower() == ".md":
            return _fields(path, _head(path, content), first_line=2)
        if path.endswith(".json"):
            return _json_fields(path, content)
        return _fields(path, content, first_line=1)


def _head(path: str, content: bytes) -> bytes:
    """Return what stands between the first two lines of `---`; nothing when the file has no head."""
    lines = content[: MOST_BYTES + 1].removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != _FENCE:
        return b""
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is not None:
        return b"".join(lines[1:end])
    if len(content) > MOST_BYTES:
        raise _too_large(path, MOST_BYTES)
    raise FrontMatterInvalid(path, 1, "the head has no end: close it with a line of ---.")


def _fields(path: str, content: bytes, *, first_line: int) -> Mapping[str, object]:
    reading = _Reading(path, _text(path, content, most=MOST_BYTES), first_line=first_line)
    try:
        return reading.mapping()
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + first_line if wrong.problem_mark else first_line
        raise FrontMatterInvalid(path, line, f"this is not YAML: {wrong.problem}.") from wrong
    except yaml.YAMLError as wrong:
        raise FrontMatterInvalid(
            path, first_line, "this is not YAML: it holds control characters."
        ) from wrong


def _json_fields(path: str, content: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(
            _text(path, content, most=MOST_JSON_BYTES), parse_int=str, parse_float=str, parse_constant=str
        )
    except json.JSONDecodeError as wrong:
        raise FrontMatterInvalid(path, wrong.lineno, f"this is not JSON: {wrong.msg}.") from wrong
    except RecursionError as wrong:
        raise _too_deep(path, 1) from wrong
    if not isinstance(found, dict):
        raise _no_mapping(path, 1)
    _check(path, found)
    return found


def _check(path: str, found: Mapping[str, object]) -> None:
    """Return when a JSON document is within the bounds of depth and size."""
    level: list[object] = [found]
    values = 0
    for _ in range(DEEPEST + 1):
        values += len(level)
        if values > MOST_JSON_VALUES:
            raise _too_many(path, 1, MOST_JSON_VALUES)
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return
    raise _too_deep(path, 1)


def _inner(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


class _Reading:
    """One reading of a YAML text: its events, and how many values it has made."""

    def __init__(self, path: str, text: str, *, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._values = 0

    def mapping(self) -> Mapping[str, object]:
        """Return the fields of the only document; none of an empty one."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return {}
        event = next(self._events)
        found = self._value(event, 0)
        next(self._events)
        further = next(self._events)
        if not isinstance(further, yaml.StreamEndEvent):
            raise FrontMatterInvalid(self._path, self._line(further), "a second document begins here.")
        if isinstance(found, dict):
            return found
        if found == "":
            return {}
        raise _no_mapping(self._path, self._line(event))

    def _value(self, event: yaml.Event, depth: int) -> object:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _too_many(self._path, self._line(event), MOST_VALUES)
        is_named = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None
        if is_named or getattr(event, "tag", None) is not None:
            problem = "anchors, aliases and tags are not read. Write the value itself."
            raise FrontMatterInvalid(self._path, self._line(event), problem)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if depth >= DEEPEST:
            raise _too_deep(self._path, self._line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._pairs(depth)
        return self._list(depth)

    def _pairs(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                raise FrontMatterInvalid(self._path, self._line(event), "a key must be plain text.")
            if key in found:
                raise FrontMatterInvalid(self._path, self._line(event), f"{key[:50]!r} is said twice.")
            found[key] = self._value(next(self._events), depth + 1)
        return found

    def _list(self, depth: int) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, depth + 1))
        return found

    def _line(self, event: yaml.Event) -> int:
        return int(event.start_mark.line) + self._first_line if event.start_mark else self._first_line


def _text(path: str, content: bytes, *, most: int) -> str:
    if len(content) > most:
        raise _too_large(path, most)
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise FrontMatterInvalid(path, line, "this is not UTF-8.") from wrong


def _too_large(path: str, most: int) -> FrontMatterInvalid:
    return FrontMatterInvalid(path, 1, f"there are more than {most:,} bytes of fields. Shorten them.")


def _too_deep(path: str, line: int) -> FrontMatterInvalid:
    return FrontMatterInvalid(path, line, f"the fields are nested more than {DEEPEST} levels deep.")


def _too_many(path: str, line: int, most: int) -> FrontMatterInvalid:
    return FrontMatterInvalid(path, line, f"there are more than {most:,} values.")


def _no_mapping(path: str, line: int) -> FrontMatterInvalid:
    return FrontMatterInvalid(path, line, "fields are a mapping of keys, such as name: my-skill.")
