"""The commands of docs/how-to/keep-artifacts-in-s3.md, on a bucket, and what readers see while it is away."""

import json
from pathlib import Path
from typing import Any

import httpx2
import obstore
import pytest

from taskforce.infrastructure.artifacts.s3_client import client_of
from tests.integration.postgresql.test_served import address, ask
from tests.integration.processes import ROOT, said, taskforce, until
from tests.services.s3_server import SECRET, S3Server

PAGE = (ROOT / "docs" / "how-to" / "keep-artifacts-in-s3.md").read_text(encoding="utf-8")
FILM = ("run", "video", "A river.", "--clip-duration", "2", "--total-duration", "2")
REPO = "phases:\n  check: {group: 1}\n"
PROJECT = "name: shop\nphases:\n  check:\n    steps:\n      - {name: words, run: echo 'It works'}\n"


@pytest.fixture
def own_bucket(s3: S3Server) -> str:
    """Give the name of a bucket of the test's own, for rules are put into it."""
    return s3.create()


def test_the_commands_of_the_page_say_what_it_shows(s3: S3Server, own_bucket: str, tmp_path: Path) -> None:
    url = s3.url(own_bucket)
    doctor = said(tmp_path, "doctor", artifacts_url=url)
    lines = [set(line.split()) for line in doctor.out.splitlines()]
    assert any({"artifacts_url", "**********", "environment"} <= line for line in lines)
    assert any({"ok", "artifacts", "can", "written"} <= line for line in lines)
    assert any({"warning", "log_rules"} <= line for line in lines)
    assert SECRET not in doctor.out + doctor.err
    assert f'$ taskforce {FILM[0]} {FILM[1]} "{FILM[2]}" {" ".join(FILM[3:])}\n' in PAGE
    made = said(tmp_path, *FILM, "--json", artifacts_url=url, seconds=120)
    assert made.code == 0, made.err
    video = made.json["id"] if "id" in made.json else made.json["project_id"]
    got = said(tmp_path, "videos", "download", video, "--out", str(tmp_path / "river.mp4"), artifacts_url=url)
    assert "bytes of video/mp4." in got.out + got.err
    found = obstore.list(client_of(s3.address(own_bucket))).collect()
    assert any(meta["path"].endswith(".mp4") for meta in found)
    assert not (tmp_path / "artifacts").exists()


def test_a_run_has_its_log_in_the_bucket_where_its_address_leads(
    s3: S3Server, own_bucket: str, tmp_path: Path
) -> None:
    run = played(tmp_path, s3.url(own_bucket))
    answer = httpx2.get(run["phases"][0]["tasks"][0]["steps"][0]["logs_url"])
    assert (answer.status_code, answer.text) == (200, "It works\n")
    assert answer.headers["x-amz-tagging-count"] == "1"


def played(folder: Path, url: str) -> Any:  # noqa: ANN401 - a document
    """Return a run of one step that has a log."""
    work = folder / "shop"
    (work / ".forge").mkdir(parents=True)
    (work / ".forge" / "repo.yaml").write_text(REPO)
    (work / ".forge" / "project.yaml").write_text(PROJECT)
    words = ("run", "pipeline", str(work), "--json", "--no-stream")
    ran = said(folder / "home", *words, artifacts_url=url, workspace_roots=folder, seconds=90)
    assert ran.code == 0, ran.err
    return ran.json


def test_while_the_bucket_is_away_readers_are_told_503_and_afterwards_all_goes_on(
    s3: S3Server, own_bucket: str, tmp_path: Path
) -> None:
    url = s3.url(own_bucket)
    job, home = played(tmp_path, url)["id"], tmp_path / "home"
    with taskforce(home, "serve", "--port", "0", artifacts_url=url) as process:
        at = address(process)
        artifact = ask(f"{at}/api/v1/jobs/{job}/artifacts")[1]["items"][0]["id"]
        file = f"{at}/api/v1/artifacts/{artifact}"
        assert httpx2.get(file).status_code == 200
        s3.stop()
        try:
            status, document, retry_after = ask(file)
            assert (status, document["error"]["code"]) == (503, "unavailable")
            assert int(retry_after or 0) >= 1
            assert SECRET not in json.dumps(document)
            until(lambda: ask(f"{at}/health/ready")[0] == 503, what="word of it")
        finally:
            s3.start()
        until(lambda: ask(f"{at}/health/ready")[0] == 200, what="readiness")
        assert httpx2.get(file).status_code == 200

        def ruled() -> bool:
            checks = said(home, "doctor", "--json", artifacts_url=url).json["checks"]
            return any(check["name"] == "log_rules" and check["status"] == "ok" for check in checks)

        until(ruled, what="the rules")
