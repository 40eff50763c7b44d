"""Answers with their headers: versions that the client has, and when it is worth asking again."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from taskforce.api.answers import check_match, is_old_news, names, standing
from taskforce.api.document.examples import EXAMPLES
from taskforce.application.jobs.schemas import JobView


def a_job(status: str = "running") -> JobView:
    return JobView(**{**EXAMPLES["JobView"], "status": status}, version=7)


def a_request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(
    ("age", "pause"),
    [(0, "1"), (9, "1"), (10, "2"), (60, "5"), (300, "10"), (1_800, "30"), (10**6, "30")],
)
def test_the_older_the_work_the_later_it_is_asked_for(age: int, pause: str) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=age)
    assert standing(a_request(), a_job(), now=now, applied=None).headers["retry-after"] == pause
    assert "retry-after" not in standing(a_request(), a_job("failed"), now=now, applied=None).headers


def test_a_preference_that_counted_is_told() -> None:
    answer = standing(a_request(), a_job(), now=datetime.now(UTC), applied="wait=3")
    assert answer.headers["preference-applied"] == "wait=3"


@pytest.mark.parametrize(
    ("headers", "weakly", "strongly"),
    [
        ([], False, False),
        ([""], False, False),
        (['"7"'], True, True),
        (['"6", "7"'], True, True),
        (['"6"', '"7"'], True, True),
        (['W/"7"'], True, False),
        (["*"], True, True),
        (["7"], False, False),
        (['"77"'], False, False),
    ],
)
def test_a_condition_names_versions(headers: list[str], weakly: bool, strongly: bool) -> None:
    assert names(headers, '"7"') is weakly
    assert names(headers, '"7"', is_strong=True) is strongly


def test_who_names_another_version_may_not_change_this_one() -> None:
    check_match(a_request(), a_job())
    check_match(a_request(if_match='"7"'), a_job())
    with pytest.raises(HTTPException) as refused:
        check_match(a_request(if_match='"6"'), a_job())
    assert refused.value.status_code == 412


def test_there_is_news_when_it_is_over_or_the_client_has_another_version() -> None:
    assert is_old_news(a_request(), a_job())
    assert is_old_news(a_request(if_none_match='"7"'), a_job())
    assert not is_old_news(a_request(if_none_match='"6"'), a_job())
    assert not is_old_news(a_request(), a_job("succeeded"))
