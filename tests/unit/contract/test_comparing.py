"""A change that breaks clients is told with its operation, its place and the reason; what is added passes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest

from scripts.contract.comparing import compared
from tests.unit.contract.small_contract import contract, text

NAME = "jobs.make (POST /jobs)"
Edit = Callable[[Any], object]


def made(new: Any) -> Any:  # noqa: ANN401 - any JSON
    return new["paths"]["/jobs"]["post"]


def wish(new: Any, field: str) -> Any:  # noqa: ANN401 - any JSON
    return new["components"]["schemas"]["Wish"]["properties"][field]


def job(new: Any, field: str) -> Any:  # noqa: ANN401 - any JSON
    return new["components"]["schemas"]["Job"]["properties"][field]


def schemas(new: Any) -> Any:  # noqa: ANN401 - any JSON
    return new["components"]["schemas"]


BODY, ANSWER = "body application/json", "answer 201 application/json"

# what is planted | the place that is named | a word of the reason
BREAKS: list[tuple[str, Edit, str, str]] = [
    ("a path is gone", lambda new: new["paths"].clear(), "path", "the path is gone"),
    ("an operation is gone", lambda new: new["paths"]["/jobs"].pop("post"), "path", "the operation is gone"),
    ("another id", lambda new: made(new).update(operationId="x"), "operationId", "was jobs.make and is x"),
    ("a parameter is gone", lambda new: made(new)["parameters"].pop(0), "query parameter limit", "no longer"),
    (
        "a parameter must be given",
        lambda new: made(new)["parameters"][0].update(required=True),
        "query parameter limit",
        "must be given now",
    ),
    (
        "a new parameter must be given",
        lambda new: made(new)["parameters"].append(
            {"name": "who", "in": "query", "required": True, "schema": {}}
        ),
        "query parameter who",
        "new parameter must be given",
    ),
    (
        "a parameter's limit is lower",
        lambda new: made(new)["parameters"][0]["schema"].update(maximum=50),
        "query parameter limit",
        "maximum was 100 and is 50",
    ),
    (
        "a header's text is shorter",
        lambda new: made(new)["parameters"][1]["schema"].update(maxLength=5),
        "header parameter x-key",
        "maxLength was 10 and is 5",
    ),
    ("no body any more", lambda new: made(new).pop("requestBody"), "body", "no longer taken"),
    (
        "a body must be given",
        lambda new: made(new)["requestBody"].update(required=True),
        "body",
        "must be given now",
    ),
    (
        "another media type",
        lambda new: made(new)["requestBody"].update(content={"text/plain": {}}),
        BODY,
        "no longer taken",
    ),
    (
        "a field is gone",
        lambda new: schemas(new)["Wish"]["properties"].pop("name"),
        "/name",
        "no longer taken",
    ),
    (
        "a field must be given",
        lambda new: schemas(new)["Wish"]["required"].append("name"),
        "/name",
        "the field must be given now",
    ),
    (
        "a new field must be given",
        lambda new: schemas(new)["Wish"].update(required=["kind", "who"]),
        "/who",
        "the new field must be given",
    ),
    ("null is refused", lambda new: wish(new, "count").update(type="integer"), "/count", "null is refused"),
    ("a number must be whole", lambda new: wish(new, "ratio").update(type="integer"), "/ratio", "number is"),
    ("a lower most", lambda new: wish(new, "count").update(maximum=8), "/count", "maximum was 9 and is 8"),
    ("a higher least", lambda new: wish(new, "count").update(minimum=2), "/count", "minimum was 1 and is 2"),
    (
        "a limit where none was",
        lambda new: wish(new, "ratio").update(maximum=1),
        "/ratio",
        "was not set and is 1",
    ),
    ("fewer items", lambda new: wish(new, "tags").update(maxItems=4), "/tags", "maxItems"),
    ("a shorter item", lambda new: wish(new, "tags")["items"].update(maxLength=4), "/tags/*", "maxLength"),
    ("another pattern", lambda new: wish(new, "name").update(pattern="^ab"), "/name", "'^a' and is '^ab'"),
    ("a format", lambda new: wish(new, "name").update(format="email"), "/name", "format was not set"),
    ("fewer values", lambda new: schemas(new)["Kind"].update(enum=["a"]), "/kind", "no longer taken: b"),
    ("one value", lambda new: wish(new, "name").update(const="a"), "/name", "any other value"),
    ("a branch less", lambda new: wish(new, "either")["anyOf"].pop(1), "/either", "integer is refused now"),
    (
        "a narrower branch",
        lambda new: wish(new, "either")["anyOf"][0].update(maxLength=3),
        "/either",
        "maxLength was 10 and is 3",
    ),
    (
        "other types of free fields",
        lambda new: wish(new, "free").update(additionalProperties={"type": "integer"}),
        "/free/*",
        "string is refused now",
    ),
    (
        "no free fields",
        lambda new: wish(new, "free").update(additionalProperties=False),
        "/free",
        "fields of other names are refused",
    ),
    (
        "other names of fields",
        lambda new: wish(new, "named").update(patternProperties={"^b": text()}),
        "/named",
        "fields named ^a are refused",
    ),
    (
        "a narrower field of any name",
        lambda new: wish(new, "named")["patternProperties"]["^a"].update(maxLength=1),
        "/named/*",
        "maxLength",
    ),
    (
        "a rule for fields",
        lambda new: schemas(new)["Wish"].update(anyOf=[{"required": ["name"]}, {"required": ["count"]}]),
        BODY,
        "which fields go together",
    ),
    (
        "nothing goes any more",
        lambda new: schemas(new)["Wish"]["properties"].update(name=False),
        "/name",
        "no longer taken",
    ),
    ("a status is gone", lambda new: made(new)["responses"].pop("404"), "answer 404", "no longer told"),
    (
        "an answer of another type",
        lambda new: made(new)["responses"]["201"].update(content={"text/plain": {}}),
        ANSWER,
        "no longer given",
    ),
    (
        "a shared answer changes",
        lambda new: new["components"]["responses"]["NotFound"]["content"]["a/b"].update(
            schema={"type": "integer"}
        ),
        "answer 404 a/b",
        "integer may come now",
    ),
    (
        "a header of the answer is gone",
        lambda new: made(new)["responses"]["201"].pop("headers"),
        "answer 201 header Location",
        "gone from the answer",
    ),
    (
        "a header may be missing",
        lambda new: made(new)["responses"]["201"]["headers"]["Location"].update(required=False),
        "answer 201 header Location",
        "may be missing now",
    ),
    (
        "a field of the answer is gone",
        lambda new: schemas(new)["Job"]["properties"].pop("note"),
        f"{ANSWER} /note",
        "gone from the answer",
    ),
    (
        "a field of the answer may be missing",
        lambda new: schemas(new)["Job"].update(required=["id"]),
        f"{ANSWER} /status",
        "may be missing now",
    ),
    (
        "null may come",
        lambda new: job(new, "note").update(type=["string", "null"]),
        f"{ANSWER} /note",
        "null may come now",
    ),
    (
        "another union may come",
        lambda new: schemas(new)["Job"]["properties"].update(note={"anyOf": [text(), {"type": "null"}]}),
        f"{ANSWER} /note",
        "null may come now",
    ),
    (
        "a field of a branch is gone, which another branch would let go",
        lambda new: schemas(new)["Item"]["properties"].pop("id"),
        f"{ANSWER} /told/id",
        "gone from the answer",
    ),
    (
        "a branch no longer comes",
        lambda new: job(new, "told")["anyOf"].pop(0),
        f"{ANSWER} /told",
        "Item no longer comes",
    ),
    (
        "another type comes",
        lambda new: schemas(new)["Item"]["properties"]["id"].update(type="integer"),
        f"{ANSWER} /items/*/id",
        "it was string and is integer",
    ),
    ("another format", lambda new: job(new, "id").pop("format"), f"{ANSWER} /id", "format was 'uuid'"),
    (
        "a field of a tree is gone",
        lambda new: schemas(new)["Tree"]["properties"].pop("leaf"),
        f"{ANSWER} /tree/leaf",
        "gone from the answer",
    ),
    (
        "credentials are needed",
        lambda new: made(new).update(security=[{"key": []}, {"token": ["read"]}]),
        "security",
        "no credentials was let in and is refused",
    ),
    (
        "a scope is needed",
        lambda new: made(new).update(security=[{"token": ["read", "write"]}, {"key": []}, {"none": []}]),
        "security",
        "a request with token was let in",
    ),
]

FOR_ALL: list[tuple[str, Edit, str]] = [
    ("another address", lambda new: new.update(servers=[{"url": "/v2"}]), "servers"),
    (
        "a way in is gone",
        lambda new: new["components"]["securitySchemes"].pop("key"),
        "security key: this way to authenticate is gone",
    ),
    (
        "another header for the key",
        lambda new: new["components"]["securitySchemes"]["key"].update(name="X-Key"),
        "name was X-API-Key and is X-Key",
    ),
]

WARNS: list[tuple[str, Edit, str]] = [
    (
        "a new value comes",
        lambda new: job(new, "status").update({"$ref": "#/components/schemas/More"}),
        "new values come: c",
    ),
    ("a longer text comes", lambda new: job(new, "note").update(maxLength=20), "which is wider"),
    ("another default", lambda new: wish(new, "name").update(default="ab"), "it meant 'a' and means 'ab'"),
    (
        "a new answer that is no error",
        lambda new: made(new)["responses"].update({"202": {"description": "Later."}}),
        "answer 202: a new answer that is no error",
    ),
]

PASSES: list[tuple[str, Edit]] = [
    ("nothing", lambda new: new),
    ("a new path", lambda new: new["paths"].update({"/more": {"get": {"operationId": "more"}}})),
    (
        "a new operation",
        lambda new: new["paths"]["/jobs"].update(put={"operationId": "jobs.put", "responses": {}}),
    ),
    (
        "a new parameter",
        lambda new: made(new)["parameters"].append({"name": "who", "in": "query", "schema": {}}),
    ),
    ("a header in other letters", lambda new: made(new)["parameters"][1].update(name="x-key")),
    ("a new field", lambda new: schemas(new)["Wish"]["properties"].update(who=text())),
    ("a field that may be left out", lambda new: schemas(new)["Wish"].update(required=[])),
    ("more is taken", lambda new: wish(new, "count").update(maximum=99, minimum=0)),
    ("any number is taken", lambda new: wish(new, "count").update(type=["number", "null"])),
    ("anything is taken", lambda new: schemas(new)["Wish"]["properties"].update(ratio=True)),
    ("another branch is taken", lambda new: wish(new, "either")["anyOf"].append({"type": "null"})),
    ("any name is taken", lambda new: wish(new, "named").update(additionalProperties=text())),
    ("a new field comes", lambda new: schemas(new)["Job"]["properties"].update(more=text())),
    (
        "a branch that another one allows",
        lambda new: job(new, "told")["anyOf"].append({"$ref": "#/components/schemas/Tree"}),
    ),
    ("a field always comes", lambda new: schemas(new)["Job"]["required"].append("note")),
    ("a shorter text comes", lambda new: job(new, "note").update(maxLength=5)),
    ("a new error", lambda new: made(new)["responses"].update({"429": {"description": "Slower."}})),
    ("a new way in", lambda new: made(new)["security"].append({"cookie": []})),
    (
        "a schema is put together of parts",
        lambda new: schemas(new).update(
            Job={"allOf": [schemas(new)["Job"], {"properties": {"more": text()}, "required": ["more"]}]}
        ),
    ),
]


@contextmanager
def planted(edit: Edit) -> Iterator[list[Any]]:
    old, new = contract(), contract()
    for document in (old, new):
        document["components"]["schemas"]["More"] = {"type": "string", "enum": ["a", "b", "c"]}
    edit(new)
    yield list(compared(old, new))


@pytest.mark.parametrize(
    ("edit", "place", "word"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS]
)
def test_a_breaking_change_names_operation_place_and_reason(edit: Edit, place: str, word: str) -> None:
    with planted(edit) as found:
        told = [
            change
            for change in found
            if change.operation == NAME and place in change.place and word in change.why
        ]
        assert told, list(map(str, found))
        assert all(change.breaks for change in told)


@pytest.mark.parametrize(("edit", "words"), [case[1:] for case in FOR_ALL], ids=[case[0] for case in FOR_ALL])
def test_a_change_that_breaks_all_operations_says_so(edit: Edit, words: str) -> None:
    with planted(edit) as found:
        assert any(
            str(change).startswith("breaks: all operations: ") and words in str(change) for change in found
        )


@pytest.mark.parametrize(("edit", "words"), [case[1:] for case in WARNS], ids=[case[0] for case in WARNS])
def test_what_clients_should_know_of_is_a_warning(edit: Edit, words: str) -> None:
    with planted(edit) as found:
        assert [change for change in found if change.breaks] == []
        assert any(str(change).startswith(f"warning: {NAME}: ") and words in str(change) for change in found)


@pytest.mark.parametrize("edit", [case[1] for case in PASSES], ids=[case[0] for case in PASSES])
def test_what_is_added_passes(edit: Edit) -> None:
    with planted(edit) as found:
        assert found == []


def test_a_body_that_is_new_and_must_be_given_breaks() -> None:
    with planted(lambda new: new["paths"]["/jobs"]["get"].update(requestBody={"required": True})) as found:
        assert list(map(str, found)) == ["breaks: jobs.list (GET /jobs): body: a body must be given now"]


def test_a_document_is_compatible_with_itself() -> None:
    document = contract()
    assert list(compared(document, deepcopy(document))) == []
