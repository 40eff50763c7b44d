"""Arguments of MCP calls: read strictly, and made into the request that every door makes."""

from typing import Any

import pytest

from taskforce.application.jobs.schemas import ListJobs
from taskforce.application.missions.schemas import ExecuteMission
from taskforce.core.errors import Invalid
from taskforce.mcp.arguments import Execute, Watch, read, request_in

JOB = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("kind", "arguments", "pointer"),
    [
        (ListJobs, {"limit": "5"}, "/limit"),
        (ListJobs, {"limit": True}, "/limit"),
        (ListJobs, {"limit": 1_000}, "/limit"),
        (ListJobs, {"unknown": 1}, "/unknown"),
        (Watch, {"job_id": JOB, "wait_seconds": 601}, "/wait_seconds"),
        (Watch, {}, "/job_id"),
        (Execute, {"mission": 7}, "/mission"),
        (Execute, {"mission": "x", "idempotency_key": 'a"b'}, "/idempotency_key"),
        (Execute, {"mission": "x", "limits": {"steps": "3"}}, "/limits/steps"),
    ],
)
def test_nothing_is_converted_and_nothing_unknown_is_taken(
    kind: type[Any], arguments: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read(arguments, kind)
    assert [place.pointer for place in refused.value.errors] == [pointer]


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="no strict JSON"):
        read({"limit": float("nan")}, ListJobs)


def test_no_arguments_are_an_empty_object() -> None:
    assert read(None, ListJobs) == ListJobs()


def test_a_status_is_named_by_its_word() -> None:
    assert read({"status": "failed"}, ListJobs).status == "failed"


def test_the_request_is_the_one_that_every_door_makes() -> None:
    arguments: dict[str, Any] = {"mission": "x", "limits": {"steps": 3}, "params": {"a": "b"}}
    asked = read({**arguments, "wait_seconds": 5, "idempotency_key": "k"}, Execute)
    request = request_in(asked, ExecuteMission)
    assert type(request) is ExecuteMission
    assert request == ExecuteMission.model_validate(arguments)
    assert request.model_fields_set == arguments.keys()
