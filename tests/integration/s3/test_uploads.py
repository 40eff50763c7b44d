"""Logs that a worker outside puts to a signed address: of our own route, and of a bucket."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from tests.integration.pipelines.api_of_runs import RunsApi, a_shop, runs_api, steps_of
from tests.services.s3_server import S3Server

STEPS = ("{name: sign, action: external}",)
LOG = b"signed with the key of May\n"


@pytest.fixture(scope="module", params=["local", "s3"])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    folder = tmp_path_factory.mktemp("uploads")
    settings = {}
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3")
        settings["artifacts_url"] = server.url(request.getfixturevalue("shared_bucket"))
    shops = {name: a_shop(folder / name, *STEPS) for name in ("acme/put", "acme/none", "acme/wrong")}
    with runs_api(folder / "home", shops, **settings) as found:
        yield found


class Step:
    """A step that waits for its worker."""

    def __init__(self, runs: RunsApi, repository: str) -> None:
        self._runs = runs
        self.run = runs.start(repository)
        self._path = f"/v1/steps/{runs.until_step(self.run, 'sign', 'running')['id']}/status"

    def say(self, **body: Any) -> Any:  # noqa: ANN401 - a document
        return self._runs.client.put(self._path, json=body)

    def end(self) -> None:
        self.say(status="failed")
        self._runs.until(self.run)


def ask(runs: RunsApi, method: str, url: str, content: bytes | None = None) -> Any:  # noqa: ANN401 - an answer
    """Ask whom the address leads to: the bucket, or the served app."""
    if "X-Amz-Signature" in url:
        return httpx2.request(method, url, content=content)
    return runs.client.request(method, url, content=content)


def test_a_worker_puts_its_log_and_the_run_takes_it_over(runs: RunsApi) -> None:
    step = Step(runs, "acme/put")
    running = step.say(status="running").json()
    assert ask(runs, "PUT", running["logs_upload_url"], b"a first try").status_code in {200, 204}
    assert ask(runs, "PUT", running["logs_upload_url"], LOG).status_code in {200, 204}
    done = step.say(status="success", exit_code=0, logs_s3_key=running["logs_upload_key"])
    assert (done.status_code, done.json()["logs_upload_url"]) == (200, None)
    found = steps_of(runs.until(step.run))["build/app/sign"]
    assert (found["status"], "/logs/build/app/sign.log" in found["logs_url"]) == ("success", True)
    ask(runs, "PUT", running["logs_upload_url"], b"too late")  # who still has the address changes no artifact
    assert ask(runs, "GET", found["logs_url"]).content == LOG
    kept = runs.client.get(f"/v1/runs/{step.run}/logs/build/app/sign")
    assert (kept.status_code, kept.content) == (200, LOG)


def test_a_log_that_was_not_put_is_no_log(runs: RunsApi) -> None:
    step = Step(runs, "acme/none")
    key = step.say(status="running").json()["logs_upload_key"]
    refused = step.say(status="success", logs_s3_key=key)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["detail"] == "Nothing was put there."
    step.end()


def test_an_address_is_for_its_key_its_method_and_its_end_alone(runs: RunsApi) -> None:
    step = Step(runs, "acme/wrong")
    url = step.say(status="running").json()["logs_upload_url"]
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    name, end = next((name, query[name]) for name in ("X-Amz-Expires", "expires") if name in query)
    later = parts._replace(query=urlencode(query | {name: str(int(end) + 1)})).geturl()
    sign = next(name for name in query if name.lower().endswith("signature"))
    changed = query[sign][:-1] + ("0" if query[sign][-1] != "0" else "1")
    other = parts._replace(query=urlencode(query | {sign: changed})).geturl()
    for wrong in (url.replace("/sign.log", "/other.log"), later, other):
        assert ask(runs, "PUT", wrong, LOG).status_code == 403
    assert ask(runs, "GET", url).status_code in {403, 404 if "X-Amz" in url else 403}
    step.end()
