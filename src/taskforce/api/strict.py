"""Strict input: what a route does not declare is refused, not swallowed."""

import json
import math
import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from taskforce.api.accept import chosen
from taskforce.api.admission import pass_gate
from taskforce.core.errors import FieldError, Invalid

DEPTH = 64
JSON = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_BOOLEAN = re.compile("true|false")
_ANYTHING = re.compile(".*", re.DOTALL)
ONCE = {
    name.lower().encode(): name
    for name in ("Idempotency-Key", "Last-Event-ID", "X-Project-ID", "Content-Type")
}
"""Headers that are no lists, as the wire has them: two of them are a contradiction."""


class StrictRequest(Request):
    """A request whose JSON is parsed strictly: UTF-8, finite numbers, no key twice, at most 64 levels."""

    async def json(self) -> Any:  # noqa: ANN401 - what JSON can be
        """Return the body. Raises Invalid where it is no strict JSON."""
        if not hasattr(self, "_json"):
            try:
                self._json = from_json(await self.body(), allow_inf_nan=False)
            except ValueError as wrong:
                raise _not_json(str(wrong)) from wrong
            _check(self._json, depth=1)
            _check_keys(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that takes whom the gate lets in, and the query parameters and kind of body it declares."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, behind the checks."""
        inner = super().get_route_handler()
        known = dict(_query_fields(self))
        offers = _offers(self)

        async def handler(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            _check_once(strict.headers)
            await pass_gate(strict, self.operation_id)
            _check_accept(strict.headers, offers)
            _check_query(strict, known)
            await self.check_body(strict)
            return await inner(strict)

        return handler

    async def check_body(self, request: Request) -> None:
        """Let the body that the route declares pass. Raises HTTPException, 415, and Invalid."""
        await check_body(request, takes_body=self.body_field is not None)


@dataclass(frozen=True, slots=True)
class _QueryField:
    spelling: re.Pattern[str]
    detail: str
    repeats: bool = False
    """It is a list: given once for each of its items."""

    @classmethod
    def of(cls, field: FieldInfo) -> "_QueryField":
        """Return how the values of a field are spelled: as in JSON, where its type is one of JSON's."""
        kinds = {field.annotation, *get_args(field.annotation)}
        if get_origin(field.annotation) is list:
            return cls(_ANYTHING, "", repeats=True)
        if bool in kinds:
            return cls(_BOOLEAN, "must be true or false")
        return cls(_INTEGER, "must be a whole number") if int in kinds else cls(_ANYTHING, "")


def _query_fields(route: APIRoute) -> Iterator[tuple[str, _QueryField]]:
    """The query parameters of a route; a model of parameters counts field by field."""
    for param in _query_params(route.dependant):
        kind = param.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                yield name, _QueryField.of(field)
        else:
            yield param.alias, _QueryField.of(param.field_info)


def _query_params(dependant: Dependant) -> Iterator[Any]:  # FastAPI keeps the type of its fields to itself
    yield from dependant.query_params
    for inner in dependant.dependencies:
        yield from _query_params(inner)


def _offers(route: APIRoute) -> tuple[str, ...]:
    """The media types that a route may answer with; none where that is not known before."""
    declared = [
        kind
        for status, said in route.responses.items()
        if str(status).startswith("2")
        for kind in said.get("content", {})
    ]
    given = getattr(route.response_class, "value", route.response_class)
    offers = declared or [kind for kind in [getattr(given, "media_type", None)] if kind]
    if offers == ["text/event-stream"]:  # its path says so; `curl --json` asks for JSON whatever it posts
        return ("text/event-stream", "application/json")
    return () if "application/octet-stream" in offers else tuple(offers)


def _check_accept(headers: Headers, offers: tuple[str, ...]) -> None:
    if offers and chosen(", ".join(headers.getlist("accept")), offers) is None:
        raise HTTPException(406)


def _check_once(headers: Headers) -> None:
    given = [name for name, _ in headers.raw]
    errors = [
        FieldError(pointer=f"/{ONCE[name]}", code="repeated", detail="must be given once")
        for name in ONCE
        if given.count(name) > 1
    ]
    if errors:
        raise Invalid(f"The header {errors[0].pointer[1:]} must be given once.", errors=errors)


def _check_query(request: Request, known: dict[str, _QueryField]) -> None:
    errors = []
    seen: set[str] = set()
    for name, text in request.query_params.multi_items():
        if name not in known:
            errors.append(
                FieldError(pointer=f"/{name}", code="extra_forbidden", detail="there is no such parameter")
            )
        elif name in seen and not known[name].repeats:
            errors.append(FieldError(pointer=f"/{name}", code="repeated", detail="must be given once"))
        elif not known[name].spelling.fullmatch(text):
            errors.append(FieldError(pointer=f"/{name}", code="parsing", detail=known[name].detail))
        seen.add(name)
    if errors:
        places = "; ".join(f"{error.pointer}: {error.detail}" for error in errors)
        raise Invalid(f"The query is not right. {places}", errors=errors)


async def check_body(request: Request, *, takes_body: bool) -> None:
    """Let a body of strict JSON pass, or none. Raises HTTPException, 415, and Invalid."""
    headers = request.headers
    is_there = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
    if not is_there:
        return
    if "content-encoding" in headers:
        raise HTTPException(415)
    if takes_body and not JSON.fullmatch(headers.get("content-type", "")):
        raise HTTPException(415)
    if takes_body:
        await request.json()
    elif (await request.body()).strip() not in {b"", b"{}"}:
        detail = "this takes no body"
        raise Invalid(f"The request is not right. {detail}", errors=[_at_root("extra_forbidden", detail)])


def _check(value: object, *, depth: int) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise _not_json("a number is out of range")
    if isinstance(value, dict | list):
        if depth > DEPTH:
            raise _not_json(f"deeper than {DEPTH} levels")
        for part in value.values() if isinstance(value, dict) else value:
            _check(part, depth=depth + 1)


def _check_keys(body: bytes) -> None:
    """Refuse an object that says a key twice: which one counts, every parser tells in another way."""

    def pairs(found: list[tuple[str, None]]) -> None:
        if len(dict(found)) < len(found):
            raise _not_json("an object has a key twice")

    # What it holds was parsed before; this looks at the keys alone.
    json.loads(body, object_pairs_hook=pairs, parse_int=_nothing, parse_float=_nothing)


def _nothing(_: str) -> None:
    return


def _not_json(reason: str) -> Invalid:
    return Invalid(f"The body is no strict JSON: {reason}.", errors=[_at_root("json_invalid", reason)])


def _at_root(code: str, detail: str) -> FieldError:
    return FieldError(pointer="", code=code, detail=detail)
