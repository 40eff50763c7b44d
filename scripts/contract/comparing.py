"""Two versions of the API's contract, compared: what of the new one breaks clients of the old one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.contract.changes import Change, Changes, Direction, Document, resolved
from scripts.contract.schemas import Comparison

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
NO_ERROR = "23"
"""How the status of an answer begins that is no error."""
ABOUT_ALL = "all operations"


def compared(old: Document, new: Document) -> Changes:
    """Yield each change of the new document that breaks clients of the old one, or that they should know of.

    What is added breaks nobody: paths, operations, optional fields and parameters, fields of answers.
    """
    if old.get("servers") != new.get("servers"):
        yield Change(operation=ABOUT_ALL, place="servers", why="the API is at another address")
    yield from _schemes(old, new)
    for path, method, was in operations(old):
        now = new["paths"].get(path, {}).get(method)
        name = f"{was.get('operationId', '?')} ({method.upper()} {path})"
        if now is None:
            gone = "the operation is gone" if path in new["paths"] else "the path is gone"
            yield Change(operation=name, place="path", why=gone)
        else:
            yield from _Operation(name=name, old=old, new=new, was=was, now=now).changes()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield path, method and operation of all that a document describes."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _schemes(old: Document, new: Document) -> Changes:
    were, are = _security_schemes(old), _security_schemes(new)
    for name, scheme in were.items():
        if name not in are:
            yield Change(
                operation=ABOUT_ALL, place=f"security {name}", why="this way to authenticate is gone"
            )
            continue
        for word in ("type", "in", "name", "scheme"):
            if scheme.get(word) != are[name].get(word):
                why = f"{word} was {scheme.get(word)} and is {are[name].get(word)}"
                yield Change(operation=ABOUT_ALL, place=f"security {name}", why=why)


def _security_schemes(document: Document) -> Mapping[str, Document]:
    found: Mapping[str, Document] = document.get("components", {}).get("securitySchemes", {})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    """One operation, before and after."""

    name: str
    old: Document
    new: Document
    was: Document
    now: Document

    def changes(self) -> Changes:
        """Yield what changed of it."""
        was, now = self.was.get("operationId"), self.now.get("operationId")
        if was != now:
            why = f"it was {was} and is {now}: generated clients call it by this name"
            yield self._change("operationId", why)
        yield from self._security()
        yield from self._parameters()
        yield from self._body()
        yield from self._answers()

    def _change(self, place: str, why: str, *, breaks: bool = True) -> Change:
        return Change(operation=self.name, place=place, why=why, breaks=breaks)

    def _security(self) -> Changes:
        were, are = _ways_in(self.old, self.was), _ways_in(self.new, self.now)
        for way in were:
            if not any(_is_enough(way, needed) for needed in are):
                given = " with ".join(way) or "no credentials"
                yield self._change("security", f"a request with {given} was let in and is refused now")

    def _parameters(self) -> Changes:
        were, are = _parameters(self.old, self.was), _parameters(self.new, self.now)
        for (where, name), given in were.items():
            place = f"{where} parameter {name}"
            taken = are.get((where, name))
            if taken is None:
                yield self._change(place, "the parameter is no longer taken")
                continue
            if taken.get("required") and not given.get("required"):
                yield self._change(place, "the parameter must be given now")
            yield from self._schemas(given.get("schema"), taken.get("schema"), place, Direction.SENT)
        for (where, name), taken in are.items():
            if taken.get("required") and (where, name) not in were:
                yield self._change(f"{where} parameter {name}", "the new parameter must be given")

    def _body(self) -> Changes:
        old, new = (
            resolved(self.old, self.was.get("requestBody")),
            resolved(self.new, self.now.get("requestBody")),
        )
        if old is None:
            if new is not None and new.get("required"):
                yield self._change("body", "a body must be given now")
            return
        if new is None:
            yield self._change("body", "the body is no longer taken")
            return
        if new.get("required") and not old.get("required"):
            yield self._change("body", "the body must be given now")
        yield from self._contents(old, new, "body", Direction.SENT)

    def _answers(self) -> Changes:
        were, are = self.was.get("responses", {}), self.now.get("responses", {})
        for status, answer in were.items():
            if status not in are:
                yield self._change(f"answer {status}", "this status is no longer told")
                continue
            old, new = resolved(self.old, answer), resolved(self.new, are[status])
            yield from self._contents(old, new, f"answer {status}", Direction.SHOWN)
            yield from self._headers(old, new, status)
        for status in are.keys() - were.keys():
            if status[:1] in NO_ERROR:
                why = "a new answer that is no error; clients must know what to do with it"
                yield self._change(f"answer {status}", why, breaks=False)

    def _headers(self, old: Document, new: Document, status: str) -> Changes:
        names = {name.lower(): header for name, header in new.get("headers", {}).items()}
        for name, header in old.get("headers", {}).items():
            place = f"answer {status} header {name}"
            if name.lower() not in names:
                yield self._change(place, "the header is gone from the answer")
                continue
            was, now = resolved(self.old, header), resolved(self.new, names[name.lower()])
            if was.get("required") and not now.get("required"):
                yield self._change(place, "the header was always there and may be missing now")
            yield from self._schemas(was.get("schema"), now.get("schema"), place, Direction.SHOWN)

    def _contents(self, old: Document, new: Document, place: str, direction: Direction) -> Changes:
        for media, content in old.get("content", {}).items():
            there = new.get("content", {}).get(media)
            if there is None:
                word = "taken" if direction is Direction.SENT else "given"
                yield self._change(f"{place} {media}", f"this media type is no longer {word}")
            else:
                yield from self._schemas(
                    content.get("schema"), there.get("schema"), f"{place} {media}", direction
                )

    def _schemas(self, was: Any, now: Any, place: str, direction: Direction) -> Changes:  # noqa: ANN401 - schemas
        comparison = Comparison(old=self.old, new=self.new, direction=direction)
        for point in comparison.points(was or {}, now or {}):
            yield self._change(f"{place} {point.place}".rstrip(), point.why, breaks=point.breaks)


def _parameters(document: Document, operation: Document) -> dict[tuple[str, str], Document]:
    found = (resolved(document, given) for given in operation.get("parameters", ()))
    return {
        (given["in"], given["name"].lower() if given["in"] == "header" else given["name"]): given
        for given in found
    }


def _ways_in(document: Document, operation: Document) -> list[dict[str, list[str]]]:
    """Return the alternatives of credentials that let a request in; an empty one needs none."""
    return operation.get("security", document.get("security")) or [{}]


def _is_enough(given: Mapping[str, list[str]], needed: Mapping[str, list[str]]) -> bool:
    return all(name in given and set(scopes) <= set(given[name]) for name, scopes in needed.items())
