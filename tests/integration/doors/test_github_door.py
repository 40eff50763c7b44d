"""Webhooks of GitHub over HTTP: the signature is the credential, and each delivery starts one run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.doors.api_client import api
from tests.integration.pipelines.api_of_runs import RunsApi, a_shop, runs_api
from tests.services.github_sender import SECRET, pulled, pushed, sent

PATH = "/v1/webhooks/github"
FORMER = "former-secret-of-tests"
COMMITS = iter(f"{number:040x}" for number in range(1, 1_000))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    """An app that takes runs in and plays none, and asks everybody but GitHub for a key."""
    folder = tmp_path_factory.mktemp("github")
    settings = {"auth": ("keys",), "workers": 0, "github_webhook_secret": (SECRET, FORMER)}
    with runs_api(folder / "home", {"acme/shop": a_shop(folder / "shop")}, **settings) as found:
        yield found


def told(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an answer
    return answer.status_code, answer.json()["outcome"]


def problem(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an answer
    error = answer.json()["error"]
    assert error.keys() == {"code", "message", "details"}
    return answer.status_code, error["code"]


def test_a_push_starts_a_run_without_any_key(runs: RunsApi) -> None:
    commit = next(COMMITS)
    answer = runs.client.post(PATH, **sent(pushed(commit)))
    assert told(answer) == (201, "started")
    assert answer.headers["Location"] == f"/v1/runs/{answer.json()['run_id']}"
    assert runs.client.get(answer.headers["Location"]).status_code == 401


@pytest.mark.parametrize(
    ("payload", "event", "run"),
    [
        (pushed("a" * 40), "push", ("main", "push", "ann")),
        (pushed("b" * 40, ref="refs/tags/v1.0"), "push", ("refs/tags/v1.0", "push", "ann")),
        (pulled("c" * 40), "pull_request", ("feature", "pull_request", "bert")),
    ],
)
def test_a_run_says_what_it_came_of(
    tmp_path: Path, *, payload: dict[str, Any], event: str, run: tuple[str, ...]
) -> None:
    settings = {"workers": 0, "github_webhook_secret": (SECRET,)}
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop")}, **settings) as runs:
        made = runs.get(runs.client.post(PATH, **sent(payload, event=event)).json()["run_id"])
    assert (made["branch"], made["trigger_type"], made["triggered_by"]) == run


def test_a_delivery_that_comes_again_is_the_run_that_it_started(runs: RunsApi) -> None:
    words = sent(pushed(next(COMMITS)), delivery="once")
    first = runs.client.post(PATH, **words)
    again = runs.client.post(PATH, **words)
    assert (told(first), told(again)) == ((201, "started"), (200, "known"))
    assert again.json()["run_id"] == first.json()["run_id"]


def test_another_webhook_under_the_id_of_a_delivery_is_409(runs: RunsApi) -> None:
    runs.client.post(PATH, **sent(pushed(next(COMMITS)), delivery="taken"))
    answer = runs.client.post(PATH, **sent(pushed(next(COMMITS)), delivery="taken"))
    assert problem(answer) == (409, "delivery_reused")


def test_another_delivery_of_a_commit_whose_run_goes_on_is_no_error(runs: RunsApi) -> None:
    commit = next(COMMITS)
    first = runs.client.post(PATH, **sent(pushed(commit)))
    second = runs.client.post(PATH, **sent(pushed(commit, ref="refs/heads/other")))
    assert told(second) == (200, "under_way")
    assert second.json()["run_id"] == first.json()["run_id"]
    assert told(runs.client.post(PATH, **sent(pulled(commit), event="pull_request"))) == (201, "started")


def test_a_delivery_that_comes_again_after_its_run_ended_starts_no_other(tmp_path: Path) -> None:
    shop = a_shop(tmp_path / "shop")
    with runs_api(tmp_path / "home", {"acme/shop": shop}, github_webhook_secret=(SECRET,)) as runs:
        words = sent(pushed(shop.head))
        run = runs.client.post(PATH, **words).json()["run_id"]
        assert runs.until(run)["status"] == "success"
        again = runs.client.post(PATH, **words)
        assert (told(again), again.json()["run_id"]) == ((200, "known"), run)
        assert runs.client.get("/v1/runs?repository=acme/shop").json()["total"] == 1


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (pushed("0" * 40, deleted=True, head_commit=None), "push"),
        (pulled("a" * 40, action="closed"), "pull_request"),
        (pulled("a" * 40, source="eve/shop"), "pull_request"),
        ({"zen": "Keep it logically awesome.", "hook_id": 1}, "ping"),
        ({"action": "created", "ref": None, "repository": []}, "star"),
    ],
)
def test_what_asks_for_no_run_is_answered_with_a_reason(
    runs: RunsApi, payload: dict[str, Any], event: str
) -> None:
    answer = runs.client.post(PATH, **sent(payload, event=event))
    assert told(answer) == (200, "ignored")
    assert answer.json()["run_id"] is None
    assert answer.json()["reason"]


def test_each_of_several_secrets_counts(runs: RunsApi) -> None:
    assert told(runs.client.post(PATH, **sent(pushed(next(COMMITS)), secret=FORMER))) == (201, "started")


def test_who_signs_with_another_secret_or_not_at_all_is_401_and_starts_nothing(tmp_path: Path) -> None:
    settings = {"workers": 0, "github_webhook_secret": (SECRET,)}
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop")}, **settings) as runs:
        words = sent(pushed("a" * 40))
        unsigned = {name: text for name, text in words["headers"].items() if not name.startswith("X-Hub")}
        answers = [
            runs.client.post(PATH, **sent(pushed("a" * 40), secret="another-secret-of-eve")),
            runs.client.post(PATH, content=words["content"] + b" ", headers=words["headers"]),
            runs.client.post(PATH, content=words["content"], headers=unsigned),
            runs.client.post(PATH, content=words["content"], headers=unsigned | {"X-API-Key": "tf_x"}),
        ]
        assert [problem(answer) for answer in answers] == [(401, "authentication_failed")] * 4
        assert all("WWW-Authenticate" in answer.headers for answer in answers)
        assert runs.client.get("/v1/runs?repository=acme/shop").json()["total"] == 0


def test_without_a_secret_there_is_no_such_door(tmp_path: Path) -> None:
    with api(tmp_path) as client:
        answer = client.post(PATH, **sent(pushed("a" * 40)))
    assert problem(answer) == (404, "resource_not_found")
    assert "TASKFORCE_GITHUB_WEBHOOK_SECRET" in answer.json()["detail"]


def without(words: dict[str, Any], name: str) -> dict[str, Any]:
    headers = {key: text for key, text in words["headers"].items() if key != name}
    return {**words, "headers": headers}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (without(sent(pushed("a" * 40)), "X-GitHub-Delivery"), "X-GitHub-Delivery"),
        (without(sent(pushed("a" * 40)), "X-GitHub-Event"), "X-GitHub-Event"),
        (sent({"ref": "refs/heads/main"}), "/after"),
        (sent(pushed("a" * 40, after="HEAD")), "/after"),
        (sent(pushed("a" * 40, repository="no repository")), "repository"),
        (sent(pushed("a" * 40, repository="/etc")), "repository"),
        (sent(["no object"]), ""),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_webhook_of_github_is_400_and_says_where(
    runs: RunsApi, words: dict[str, Any], said: str
) -> None:
    answer = runs.client.post(PATH, **words)
    assert problem(answer) == (400, "invalid_request")
    assert said in answer.text


def test_the_rules_of_all_routes_hold_once_the_signature_is_right(runs: RunsApi) -> None:
    words = sent({"zen": "x"}, event="ping")
    assert problem(runs.client.post(f"{PATH}?nothing=1", **words)) == (400, "invalid_request")
    words["headers"]["Accept"] = "image/png"
    assert problem(runs.client.post(PATH, **words)) == (406, "not_acceptable")


def test_a_form_is_415_for_webhooks_come_as_json(runs: RunsApi) -> None:
    words = sent(pushed("a" * 40))
    words["headers"]["Content-Type"] = "application/x-www-form-urlencoded"
    assert runs.client.post(PATH, **words).status_code == 415


def test_a_project_that_is_not_there_takes_no_runs(tmp_path: Path) -> None:
    with api(tmp_path, github_webhook_secret=(SECRET,), github_project="nowhere") as client:
        assert client.post(PATH, **sent(pushed("a" * 40))).status_code == 404


def test_webhooks_count_as_requests_of_one_principal_and_wrong_signatures_as_failures(tmp_path: Path) -> None:
    with api(tmp_path, github_webhook_secret=(SECRET,), rate_limit=3) as client:
        ping, forged = (sent({"zen": "x"}, event="ping", secret=secret) for secret in (SECRET, "wrong" * 5))
        right = [client.post(PATH, **ping).status_code for _ in range(4)]
        wrong = [client.post(PATH, **forged).status_code for _ in range(31)]
    assert right == [200, 200, 200, 429]
    assert wrong == [401] * 30 + [429]
