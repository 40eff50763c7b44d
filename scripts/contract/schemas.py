"""Two schemas of the same place, compared: does each value that went before still go?

A value that clients send must be valid under the new schema if it was under the old one, and one that they
are shown under the old schema if it is under the new one. So one schema is strict and the other lax, and what
matters is where the strict one refuses what the lax one allows. Answers may grow fields: clients ignore those
that they do not know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from scripts.contract.changes import Direction, Document, resolved

Schema: TypeAlias = Any
"""A JSON Schema: an object, true or false."""

UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
ALIKE = ("propertyNames", "uniqueItems", "multipleOf", "contentEncoding", "contentMediaType")
"""Keywords of which nothing is known but whether they are the same."""
GROUPS = ("anyOf", "oneOf")
NAME = "$name"
"""Under which a branch keeps the name of its component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where two schemas differ, and why that matters."""

    place: str
    why: str
    breaks: bool = True


Points: TypeAlias = Iterator[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Compares the schemas of two documents, for values that go one way."""

    old: Document
    new: Document
    direction: Direction
    seen: frozenset[tuple[str, str]] = field(default=frozenset())
    """The pairs of components that are compared further out: they may hold themselves."""

    def points(self, old: Schema, new: Schema, place: str = "") -> Points:
        """Yield each point at which a client breaks, or that it should know of."""
        pair = (_name(old), _name(new))
        if all(pair):
            if pair in self.seen:
                return
            self = replace(self, seen=self.seen | {pair})  # noqa: PLW0642 - the same comparison, further in
        old, new = _whole(self.old, old), _whole(self.new, new)
        yield from self._branches(old, new, place)

    @property
    def _is_sent(self) -> bool:
        return self.direction is Direction.SENT

    def _branches(self, old: Document, new: Document, place: str) -> Points:
        """Compare unions: each branch of the lax schema must fit into one of the strict schema.

        A component is compared with itself, where it is a branch of both; any other with what suits it best.
        """
        olds, news = list(_branches_of(self.old, old)), list(_branches_of(self.new, new))
        if len(olds) == len(news) == 1:
            yield from self._single(olds[0], news[0], place)
            return
        stricts = news if self._is_sent else olds
        for lax in olds if self._is_sent else news:
            same = [strict for strict in stricts if lax.get(NAME) and strict.get(NAME) == lax[NAME]]
            alike = same or [strict for strict in stricts if _are_of_a_kind(lax, strict)]
            tries = [list(self._pair(lax, strict, place)) for strict in alike]
            word = "is refused now" if self._is_sent else "may come now"
            refused = [Point(place=place, why=f"{_sort(lax)} {word}")]
            yield from min(tries, key=_weight, default=refused)
        gone = {branch.get(NAME, "") for branch in olds} - {branch.get(NAME, "") for branch in news}
        if not self._is_sent:
            yield from (Point(place=place, why=f"{name} no longer comes") for name in sorted(gone) if name)

    def _pair(self, lax: Document, strict: Document, place: str) -> Points:
        old, new = (lax, strict) if self._is_sent else (strict, lax)
        return self._single(old, new, place)

    def _single(self, old: Document, new: Document, place: str) -> Points:
        yield from self._types(old, new, place)
        yield from self._values(old, new, place)
        yield from self._bounds(old, new, place)
        yield from self._texts(old, new, place)
        yield from self._fields(old, new, place)
        yield from self._more_fields(old, new, place)
        yield from self._inner(old, new, place)

    def _types(self, old: Document, new: Document, place: str) -> Points:
        were, are = _types(old), _types(new)
        strict, lax = (are, were) if self._is_sent else (were, are)
        if strict is None:
            return
        extra = {"anything"} if lax is None else lax - strict
        if "number" in strict:
            extra -= {"integer"}
        if extra:
            word = "is refused now" if self._is_sent else "may come now"
            told = f"it was {_told(were)} and is {_told(are)}: {', '.join(sorted(extra))} {word}"
            yield Point(place=place, why=told)

    def _values(self, old: Document, new: Document, place: str) -> Points:
        were, are = _values(old), _values(new)
        strict, lax = (are, were) if self._is_sent else (were, are)
        if strict is None:
            return
        extra = [value for value in lax if value not in strict] if lax is not None else ["any other value"]
        if extra and self._is_sent:
            yield Point(place=place, why=f"no longer taken: {_listed(extra)}")
        elif extra:
            why = f"new values come: {_listed(extra)}; clients must know what to do with unknown ones"
            yield Point(place=place, why=why, breaks=False)

    def _bounds(self, old: Document, new: Document, place: str) -> Points:
        for keyword in (*UPPER, *LOWER):
            was, now = old.get(keyword), new.get(keyword)
            strict, lax = (now, was) if self._is_sent else (was, now)
            if strict is None:
                continue
            is_upper = keyword in UPPER
            if lax is None or (strict < lax if is_upper else strict > lax):
                word = "narrower" if self._is_sent else "wider"
                told = f"{keyword} was {_shown(was)} and is {_shown(now)}, which is {word}"
                yield Point(place=place, why=told, breaks=self._is_sent)

    def _texts(self, old: Document, new: Document, place: str) -> Points:
        for keyword in ("pattern", "format", *ALIKE):
            was, now = old.get(keyword), new.get(keyword)
            strict, lax = (now, was) if self._is_sent else (was, now)
            if strict is None or strict == lax:
                continue
            breaks = self._is_sent or keyword not in {"pattern", "propertyNames"}
            told = f"{keyword} was {_shown(was)} and is {_shown(now)}"
            yield Point(place=place, why=told, breaks=breaks)
        if self._is_sent and old.get("default") != new.get("default"):
            told = f"left out, it meant {_shown(old.get('default'))} and means {_shown(new.get('default'))}"
            yield Point(place=place, why=told, breaks=False)
        rules = [[group.get(name) for name in GROUPS if _is_rule(group)] for group in (old, new)]
        if self._is_sent and rules[1] and rules[0] != rules[1]:
            yield Point(place=place, why="the rule which fields go together has changed")

    def _fields(self, old: Document, new: Document, place: str) -> Points:
        olds, news = _dict(old, "properties"), _dict(new, "properties")
        for name, schema in olds.items():
            if name in news:
                yield from self.points(schema, news[name], f"{place}/{name}")
            else:
                word = "is no longer taken" if self._is_sent else "is gone from the answer"
                yield Point(place=f"{place}/{name}", why=f"the field {word}")
        were, are = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted((are - were) if self._is_sent else (were - are) & news.keys()):
            kind = (
                "field must be given now"
                if self._is_sent
                else "field was always there and may be missing now"
            )
            sort = "new " if name not in olds else ""
            yield Point(place=f"{place}/{name}", why=f"the {sort}{kind}")

    def _more_fields(self, old: Document, new: Document, place: str) -> Points:
        olds, news = _dict(old, "patternProperties"), _dict(new, "patternProperties")
        for pattern in olds.keys() & news.keys():
            yield from self.points(olds[pattern], news[pattern], f"{place}/*")
        gone = sorted(olds.keys() - news.keys())
        if self._is_sent and gone:
            yield Point(place=place, why=f"fields named {_listed(gone)} are refused now")
        was, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if False not in (was, now) and (was, now) != (True, True):
            yield from self.points(_open(was), _open(now), f"{place}/*")
        if self._is_sent and was is not False and now is False:
            yield Point(place=place, why="fields of other names are refused now")

    def _inner(self, old: Document, new: Document, place: str) -> Points:
        for keyword, step in (("items", "/*"), ("contentSchema", "")):
            was, now = old.get(keyword), new.get(keyword)
            if was is not None or now is not None:
                yield from self.points(_open(was), _open(now), f"{place}{step}")


def _whole(document: Document, schema: Schema) -> Document:
    """Return a schema without references, with all that it is put together of in one."""
    found: Document = dict(_open(resolved(document, schema)))
    for part in found.pop("allOf", ()):
        whole = _whole(document, part)
        joined = {
            "properties": {**_dict(whole, "properties"), **_dict(found, "properties")},
            "required": [*whole.get("required", ()), *found.get("required", ())],
        }
        found = {**whole, **found, **{name: value for name, value in joined.items() if value}}
    return found


def _branches_of(document: Document, schema: Document) -> Iterator[Document]:
    groups = [group for name in GROUPS for group in schema.get(name, ())]
    if not groups or _is_rule(schema):
        yield schema
        return
    rest = {name: value for name, value in schema.items() if name not in GROUPS}
    for group in groups:
        name = _name(group).rpartition("/")[2]
        yield from _branches_of(
            document, {**rest, **_whole(document, group), **({NAME: name} if name else {})}
        )


def _is_rule(schema: Document) -> bool:
    """Tell whether alternatives only say which fields of an object go together."""
    return "type" in schema and any(name in schema for name in GROUPS)


def _are_of_a_kind(lax: Document, strict: Document) -> bool:
    one, other = _types(lax), _types(strict)
    return one is None or other is None or bool(one & other) or (one == {"integer"} and other == {"number"})


def _weight(found: list[Point]) -> tuple[int, int]:
    return sum(point.breaks for point in found), len(found)


def _name(schema: Schema) -> str:
    return schema.get("$ref", "") if isinstance(schema, dict) else ""


def _open(schema: Schema) -> Document:
    """Return a schema as an object: true, or none at all, allows everything."""
    if schema is False:
        return {"enum": []}
    return schema if isinstance(schema, dict) else {}


def _types(schema: Document) -> set[str] | None:
    kind = schema.get("type")
    if kind is None:
        return None
    return {kind} if isinstance(kind, str) else set(kind)


def _values(schema: Document) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _dict(schema: Document, keyword: str) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = schema.get(keyword) or {}
    return found


def _sort(schema: Document) -> str:
    return str(schema.get("title") or _told(_types(schema)))


def _told(types: set[str] | None) -> str:
    return "anything" if types is None else " or ".join(sorted(types))


def _shown(value: object) -> str:
    return "not set" if value is None else repr(value)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))
