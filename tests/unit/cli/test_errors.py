"""Each category of errors has one exit code, and is told in one way."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import typer

from taskforce.application.jobs.refusals import refusal
from taskforce.cli.errors import category, problem, sentence, told
from taskforce.core.errors import (
    Conflict,
    Exhausted,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TaskforceError,
    Unauthenticated,
    Unavailable,
)
from taskforce.core.jobs.errors import JobIsOver, StoreBusy
from taskforce.core.jobs.requests import KeyReused

LATER = timedelta(seconds=1)
BAD_LIMIT = FieldError(pointer="/limit", code="less_than_equal", detail="at most 100")


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Invalid("x"), 2, 400),
        (NotFound("x"), 4, 404),
        (Conflict("x"), 5, 409),
        (JobIsOver("j", "failed"), 5, 409),
        (KeyReused(), 2, 422),
        (Unavailable("x"), 6, 503),
        (StoreBusy("x"), 6, 503),
        (Exhausted("x", retry_after=LATER), 7, 429),
        (Unauthenticated("x"), 8, 401),
        (Forbidden("x"), 8, 403),
        (TaskforceError("x"), 1, 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_category_has_one_exit_code(error: TaskforceError, code: int, status: int) -> None:
    assert category(error) == (code, status)


def test_an_error_is_one_line_and_a_line_for_each_place_it_does_not_name() -> None:
    error = Invalid("Not right.", errors=[BAD_LIMIT])
    assert sentence(error) == "taskforce: Not right.\n  limit: at most 100"
    assert sentence(Invalid("/limit: at most 100", errors=[BAD_LIMIT])) == "taskforce: /limit: at most 100"


@pytest.mark.parametrize(
    ("pointer", "named"),
    [
        ("/trust_level", "--trust"),
        ("/session_id", "SESSION"),
        ("/manual_map/folder", "--map"),
        ("/limits/steps", "--max-steps"),
        ("/plant_id", "PLANT"),
        ("/scenes/0", "/scenes/0"),
        ("", ""),
    ],
)
def test_what_is_wrong_is_named_as_it_was_typed(pointer: str, named: str) -> None:
    typed = {
        "trust_level": "--trust",
        "session_id": "SESSION",
        "manual_map": "--map",
        "plant": "PLANT",
        "max_steps": "--max-steps",
    }
    refused = refusal([(pointer.split("/")[1:], "enum", "Input should be 'basic'")])
    right = f"{named}: Input should be 'basic'" if named else "Input should be 'basic'"
    assert sentence(refused, typed) == f"taskforce: The request is not right. {right}"
    unsaid = Invalid("No.", errors=[FieldError(pointer=pointer, code="x", detail="y")])
    assert sentence(unsaid, typed) == f"taskforce: No.\n  {named.lstrip('/')}: y"


def test_an_error_brings_no_escapes_to_the_terminal() -> None:
    assert sentence(NotFound("no \x1b[31mred\x1b[0m\x07 thing")) == "taskforce: no red thing"


def test_a_problem_has_the_members_of_the_apis() -> None:
    assert problem(Invalid("Not right.", errors=[BAD_LIMIT])) == {
        "type": "urn:taskforce:problem:invalid_request",
        "title": "Invalid request",
        "status": 400,
        "detail": "Not right.",
        "error": {"code": "invalid_request", "message": "Not right.", "details": {}},
        "errors": [{"pointer": "/limit", "code": "less_than_equal", "detail": "at most 100"}],
    }


@pytest.mark.parametrize("as_json", [True, False])
def test_it_is_told_on_stderr_and_ends_the_command(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    def refuse() -> None:
        with told(as_json=as_json):
            raise NotFound("There is no job.")

    assert exit_code(refuse) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert (
        (json.loads(shown.err)["status"] == 404)
        if as_json
        else (shown.err == "taskforce: There is no job.\n")
    )


def exit_code(do: Callable[[], None]) -> int:
    with pytest.raises(typer.Exit) as ended:
        do()
    return ended.value.exit_code
