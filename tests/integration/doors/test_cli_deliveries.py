"""Releases, approvals and deployments on the command line: what they print, and what it means to a script."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from taskforce.cli.app import app

COMMIT = "c0ffee" + "0" * 34
SHOP = ("acme/shop", "app")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ops = tmp_path / "ops.git"
    subprocess.run(["git", "init", "-q", "-b", "main", "--bare", str(ops)], check=True)
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "GITOPS_URL": str(ops),
        "GIT_ALLOW_LOCAL": "true",
        "OWN_APPROVALS": "true",
        "MODEL_PROBE": "false",
    }.items():
        monkeypatch.setenv(f"TASKFORCE_{name}", value)
    return tmp_path / "home"


def said(*words: str, code: int = 0) -> str:
    ran = typer.testing.CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})
    assert ran.exit_code == code, (words, ran.output, ran.stderr)
    return ran.stdout if code == 0 else ran.stderr


def read(*words: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(said(*words, "--json"))


@pytest.mark.usefixtures("home")
def test_a_release_goes_all_the_way() -> None:
    artifact = ("--artifact", "image=container:oci://public/app:1")
    made = said("releases", "create", *SHOP, COMMIT, *artifact)
    assert made.split()[:2] == ["1", f"acme/shop/app/{COMMIT}"]
    release = read("releases", "show", *SHOP, "c0ffee0")
    assert release["artifacts"][0]["primary_published_uri"] == "oci://public/app:1"
    assert "stable" in said("releases", "alias", *SHOP, "1", "stable")
    assert COMMIT in said("releases", "show", *SHOP, "stable")
    said("releases", "unalias", *SHOP, "stable")
    assert "There is no release stable" in said("releases", "show", *SHOP, "stable", code=4)
    assert read("releases", "list", *SHOP)["total"] == 1
    assert COMMIT[:12] in said("releases", "list", *SHOP)

    refused = said("deployments", "create", release["id"], "production", code=2)
    assert "needs approval_id" in refused
    approval = read("approvals", "create", release["id"], "production", "Tested.")
    assert "active" in said("approvals", "show", release["id"], "production")
    deployed = said(
        "deployments", "create", release["id"], "production", "--approval", approval["approval_id"]
    )
    assert deployed.startswith("active  ")
    current = read("deployments", "show", "production", *SHOP)
    assert (current["status"], current["gitops_commit_sha"]) == ("active", deployed.split()[1])
    assert "active" in said("deployments", "show", "production", *SHOP)
    assert "active" in said("deployments", "history", "production", *SHOP)
    said("approvals", "revoke", approval["approval_id"])
    assert read("approvals", "show", f"{SHOP[0]}/{SHOP[1]}/1", "production")["status"] == "revoked"


@pytest.mark.usefixtures("home")
def test_what_is_handed_in_is_played_later() -> None:
    job = read("releases", "create", *SHOP, COMMIT, "--background")
    assert (job["kind"], job["status"]) == ("release", "queued")
    assert (
        "taskforce jobs watch"
        in typer.testing.CliRunner()
        .invoke(app, ["releases", "create", *SHOP, "d" * 40, "--background"])
        .stderr
    )
    said("worker", "--until-idle")
    assert read("releases", "list", *SHOP)["total"] == 2
    assert read("deployments", "history", "dev", *SHOP)["deployments"] == []


@pytest.mark.usefixtures("home")
def test_wrong_words_are_told() -> None:
    assert "NAME=TYPE:URI" in said("releases", "create", *SHOP, COMMIT, "--artifact", "image", code=2)
    assert "COMMIT: " in said("releases", "create", *SHOP, "c0ffee", code=2)
    assert "is released already" in (
        said("releases", "create", *SHOP, COMMIT) and said("releases", "create", *SHOP, COMMIT, code=5)
    )
    assert "Nothing of acme/shop/app" in said("deployments", "show", "dev", *SHOP, code=4)
