"""The folders that sessions work in."""

import asyncio
from pathlib import Path

import pytest

from taskforce import Taskforce
from taskforce.core.errors import Invalid
from taskforce.core.identity import SessionId
from taskforce.infrastructure.missions.workspaces import FolderWorkspaces
from taskforce.settings import Settings

SESSION, OTHER = SessionId("s"), SessionId("o")


@pytest.fixture
def workspaces(tmp_path: Path) -> FolderWorkspaces:
    return FolderWorkspaces(tmp_path / "home", [tmp_path])


def test_a_folder_of_ones_own_that_stayed_empty_is_discarded(workspaces: FolderWorkspaces) -> None:
    own = workspaces.place(SESSION, None)
    workspaces.make(own)

    workspaces.discard(own)
    workspaces.discard(own)

    assert not Path(own).exists()


def test_a_folder_that_holds_something_is_kept(workspaces: FolderWorkspaces) -> None:
    own = workspaces.place(SESSION, None)
    workspaces.make(own)
    (Path(own) / "a.txt").write_text("a")

    workspaces.discard(own)

    assert (Path(own) / "a.txt").exists()


def test_a_folder_that_was_wanted_is_kept(workspaces: FolderWorkspaces, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    mine = workspaces.place(SESSION, str(tmp_path / "mine"))
    workspaces.make(mine)

    workspaces.discard(mine)

    assert Path(mine).exists()


@pytest.mark.parametrize("folder", ["home", "home/artifacts", "link", "home/workspaces"])
def test_no_session_works_where_taskforce_keeps_its_state(
    workspaces: FolderWorkspaces, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "home" / "artifacts").mkdir(parents=True)
    (tmp_path / "home" / "workspaces" / "s").mkdir(parents=True)
    (tmp_path / "link").symlink_to("home/artifacts")
    with pytest.raises(Invalid, match="keeps its state"):
        workspaces.place(SESSION, str(tmp_path / folder))
    another = str(tmp_path / "home" / "workspaces" / "s")
    assert workspaces.place(OTHER, another) == another


def test_a_folder_is_copied_and_removed_whatever_is_in_it(
    workspaces: FolderWorkspaces, tmp_path: Path
) -> None:
    own = Path(workspaces.place(SESSION, None))
    (own / "locked" / "deeper").mkdir(parents=True)
    (own / "locked" / "deeper" / "a.txt").write_text("a")
    (own / "out").symlink_to(tmp_path)
    (own / "locked").chmod(0o500)
    copy = Path(workspaces.place(OTHER, None))
    asyncio.run(workspaces.copy(str(own), str(copy)))
    assert (copy / "locked" / "deeper" / "a.txt").read_text() == "a"
    assert (copy / "out").readlink() == tmp_path
    for _ in range(2):
        asyncio.run(workspaces.remove(SESSION))
    assert (own.exists(), copy.exists(), tmp_path.exists()) == (False, True, True)


def test_a_folder_that_is_gone_is_copied_as_an_empty_one(workspaces: FolderWorkspaces) -> None:
    own, copy = workspaces.place(SESSION, None), workspaces.place(OTHER, None)
    asyncio.run(workspaces.copy(own, copy))
    assert [*Path(copy).iterdir()] == []


def test_a_link_in_place_of_a_sessions_folder_is_not_followed(
    workspaces: FolderWorkspaces, tmp_path: Path
) -> None:
    own = Path(workspaces.place(SESSION, None))
    own.parent.mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    own.symlink_to(tmp_path / "mine")
    asyncio.run(workspaces.remove(SESSION))
    assert (tmp_path / "mine").is_dir()


def test_a_sessions_own_folder_is_told_from_one_that_was_wanted(
    workspaces: FolderWorkspaces, tmp_path: Path
) -> None:
    own = workspaces.place(SESSION, None)
    assert workspaces.is_own(own, SESSION)
    assert not workspaces.is_own(own, OTHER)
    assert not workspaces.is_own(str(tmp_path), SESSION)


async def test_a_profile_names_the_workspace_of_sessions_that_are_given_none(tmp_path: Path) -> None:
    for folder in ("shared", "mine", "home/profiles"):
        (tmp_path / folder).mkdir(parents=True)
    profile = tmp_path / "home/profiles/at-home.yaml"
    profile.write_text(f"extends: dev\nworkspace: {tmp_path / 'shared'}\n")
    settings = Settings(
        home=tmp_path / "home", workspace_roots=(tmp_path,), model="local:planner", model_probe=False
    )
    async with Taskforce.open(settings) as tf:
        given = await tf.sessions.create(profile="at-home", workspace=str(tmp_path / "mine"))
        not_given = await tf.sessions.create(profile="at-home")
        profile.write_text("extends: dev\nworkspace: /etc\n")
        with pytest.raises(Invalid, match="outside the folders"):
            await tf.sessions.create(profile="at-home")

    assert given.workspace == str(tmp_path / "mine")
    assert not_given.workspace == str(tmp_path / "shared")
