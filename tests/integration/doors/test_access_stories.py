"""Keys, projects and members, told through library, command line and HTTP, with equal outcomes."""

import asyncio
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from taskforce import Taskforce
from taskforce.application.factory import close_container, open_container
from taskforce.core.access.errors import ProjectNotFound
from taskforce.settings import Settings, SettingsInvalid
from tests.integration.doors.test_session_stories import NOWHERE, Teller
from tests.integration.doors.three_doors import DOORS, Json
from tests.integration.processes import said
from tests.integration.records import comparable

KEY = re.compile(r"tf_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}")


def keys_are_made_listed_and_revoked(tell: Teller) -> None:
    made = tell.does("keys.create", name="ci", role="viewer", expires_in_days=3)
    assert KEY.fullmatch(made["key"])
    once = {"name": "once", "idempotency_key": "one-key"}
    first, again = tell.does("keys.create", **once), tell.does("keys.create", **once)
    assert again == first | {"key": None}
    listed = tell.does("keys.list", limit=1)
    assert (listed["total"], listed["items"][0]["name"]) == (2, "once")
    revoked = tell.does("keys.revoke", key_id=made["key_id"])
    assert tell.does("keys.revoke", key_id=made["key_id"]) == revoked
    tell.fails("keys.revoke", key_id="nowhere0")
    tell.fails("keys.create", name="x", role="boss")
    tell.fails("keys.create", name="x", expires_in_days=0)


def projects_are_made_and_have_members(tell: Teller) -> None:
    assert tell.does("projects.list", limit=100)["total"] == 1  # made with the home, before all others
    project = tell.does("projects.create", name="Werk")["project_id"]
    assert tell.does("projects.get", project_id=project)["name"] == "Werk"
    assert tell.does("projects.list", limit=100)["total"] == 2
    anna = {"project_id": project, "principal": "oidc:anna"}
    assert tell.does("members.set", **anna, role="admin")["role"] == "admin"
    assert tell.does("members.set", **anna)["role"] is None
    assert tell.does("members.list", project_id=project)["total"] == 1
    assert tell.does("members.remove", **anna) is None
    tell.fails("members.remove", **anna)
    tell.fails("members.set", project_id=project, principal="anna")
    tell.fails("projects.get", project_id=NOWHERE)
    tell.fails("members.list", project_id=NOWHERE)


@pytest.mark.parametrize("story", [keys_are_made_listed_and_revoked, projects_are_made_and_have_members])
def test_a_story_is_the_same_through_each_door(story: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a story
    outcomes = {}
    for name, door in DOORS.items():
        folder = tmp_path / name
        folder.mkdir()
        with ExitStack() as stack:
            teller = Teller(door(folder, stack), folder)
            story(teller)
        outcomes[name] = [_named(outcome) for outcome in teller.outcomes]
    assert outcomes["library"] == outcomes["command"] == outcomes["http"]


def _named(outcome: Json) -> Any:  # noqa: ANN401 - any JSON
    text = KEY.sub("tf_live_KEY", repr(comparable(outcome)))
    return re.sub(r"'key_id': '\w{8}'", "'key_id': 'KEY'", text)


def test_a_person_reads_what_commands_say(tmp_path: Path) -> None:
    made = said(tmp_path, "keys", "create", "ci")
    assert KEY.fullmatch(made.out.strip())
    assert "operator of project default. It is shown this once." in made.err
    once = ("keys", "create", "ci", "--idempotency-key", "once")
    said(tmp_path, *once)
    again = said(tmp_path, *once)
    assert (again.out, "its text was shown then" in again.err) == ("", True)
    key_id = made.out.split("_")[2]
    assert "status\trevoked" in said(tmp_path, "keys", "revoke", key_id).out
    assert f"{key_id}\toperator\trevoked\t" in said(tmp_path, "keys", "list").out
    project = said(tmp_path, "projects", "create", "Werk").out.splitlines()[0].split("\t")[1]
    assert said(tmp_path, "projects", "show", project).out.startswith(f"project\t{project}\nname\tWerk\n")
    assert f"{project}\t" in said(tmp_path, "projects", "list").out
    assert "role\tadmin" in said(tmp_path, "members", "set", project, "oidc:anna", "--role", "admin").out
    said(tmp_path, "members", "set", project, "oidc:bert")
    assert "oidc:bert\t(its own)\t" in said(tmp_path, "members", "list", project).out
    assert "has no part in project" in said(tmp_path, "members", "remove", project, "oidc:anna").err
    assert said(tmp_path, "--project", project, "jobs", "list").code == 0
    assert said(tmp_path, "--project", NOWHERE, "jobs", "list").code == 4


def test_the_library_is_of_one_project(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=0)

    async def used() -> None:
        async with Taskforce.open(settings) as tf:
            project = (await tf.projects.create(name="Werk")).project_id
            await tf.sessions.create()
        async with Taskforce.open(settings, project=project) as tf:
            assert (await tf.sessions.list()).total == 0
            assert (await tf.keys.create(name="ci")).project_id == project
        with pytest.raises(ProjectNotFound):
            async with Taskforce.open(settings, project=NOWHERE):
                pass

    asyncio.run(used())


def test_without_the_extra_start_up_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("taskforce.infrastructure.identity.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "jwt", None)
    settings = Settings(
        home=tmp_path, auth=("oidc",), oidc_issuer="https://id.example/realms/main", oidc_audience="taskforce"
    )
    container = open_container(settings)
    with pytest.raises(SettingsInvalid, match=r"taskforce\[oidc\]"):
        container.gate()
    close_container(container)


def test_the_pepper_of_the_settings_is_used(tmp_path: Path) -> None:
    container = open_container(Settings(home=tmp_path, auth=("keys",), pepper=SecretStr("p" * 32)))
    assert container.pepper().get() == b"p" * 32
    close_container(container)
    assert not (tmp_path / "pepper").exists()
