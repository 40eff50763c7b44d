import ctypes
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.jail import FILE_LIMIT, Jail

PARTS = (
    "..",
    ".",
    "",
    "a",
    "b",
    "file",
    "new",
    "in",
    "out",
    "abs",
    "up",
    "loop",
    "secret",
    "pipe",
    "back",
    ".git",
)


@pytest.fixture(scope="module")
def house() -> Iterator[Path]:
    """Return a folder with a workspace full of traps, and a secret beside it."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(os.path.realpath(name))
        workspace = top / "workspace"
        (workspace / "a" / "b").mkdir(parents=True)
        (top / "secret").write_text("secret")
        for place in (workspace, workspace / "a", workspace / "a" / "b"):
            (place / "file").write_text("inside")
            (place / "out").symlink_to(top)
            (place / "abs").symlink_to(top / "secret")
            (place / "up").symlink_to("..")
            (place / "back").symlink_to(workspace / "a")
            (place / "loop").symlink_to("loop")
            os.mkfifo(place / "pipe")
        (workspace / "in").symlink_to("a/b")
        yield top


paths = st.tuples(
    st.sampled_from(("", "", "", "/", "{workspace}/", "{top}/", "{workspace}")),
    st.lists(st.sampled_from(PARTS), max_size=8),
).map(lambda made: made[0] + "/".join(made[1]))


def placed(path: str, house: Path) -> str:
    return path.replace("{workspace}", str(house / "workspace")).replace("{top}", str(house))


@given(path=paths)
@settings(deadline=None, max_examples=400)
def test_no_path_reads_what_is_outside(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail:
        try:
            data = jail.read(placed(path, house)).data
        except ToolFailed:
            return
    assert data != b"secret"


@given(path=paths)
@settings(deadline=None, max_examples=200)
def test_no_path_writes_outside(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail, suppress(ToolFailed):
        jail.write(placed(path, house), b"inside", mark="call")
    assert sorted(path.name for path in house.iterdir()) == ["secret", "workspace"]
    assert (house / "secret").read_text() == "secret"


@given(path=paths)
@settings(deadline=None, max_examples=100)
def test_no_path_lists_what_is_outside(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail:
        try:
            found = [entry.path for entry in jail.entries(placed(path, house))]
        except ToolFailed:
            return
    assert all(
        (house / "workspace" / name).parent.resolve().is_relative_to(house / "workspace") for name in found
    )


@given(path=st.text(max_size=30))
@settings(deadline=None)
def test_any_text_is_a_path_or_refused_in_words(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail:
        try:
            data = jail.read(path).data
        except ToolFailed:
            return
    assert data == b"inside"


@pytest.mark.parametrize(
    "path", ["in/file", "a/../file", "./a//b/file", "back/b/file", "a/up/file", "in/../file"]
)
def test_a_path_that_stays_inside_is_followed_also_through_links(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail:
        assert jail.read(path).data == b"inside"


def test_an_absolute_path_inside_the_workspace_is_taken(house: Path) -> None:
    with Jail(house / "workspace") as jail:
        assert jail.read(str(house / "workspace" / "a" / "file")).data == b"inside"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secret", "out/secret", "abs", "a/b/out/secret", "a/../../secret"]
)
def test_what_leads_out_is_refused_as_such(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail, pytest.raises(ToolFailed, match="leads out of the workspace"):
        jail.read(path)


@pytest.mark.parametrize("path", ["", "a\0b", "\ud800", "x" * 300, "/".join(["deep"] * 100)])
def test_a_path_that_is_none_is_refused(house: Path, path: str) -> None:
    with Jail(house / "workspace") as jail, pytest.raises(ToolFailed):
        jail.write(path, b"", mark="call")


def test_a_pipe_a_socket_and_a_device_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening, Jail(tmp_path) as jail:
        listening.bind(str(tmp_path / "socket"))
        for name in ("pipe", "socket"):
            with pytest.raises(ToolFailed, match="not a file"):
                jail.read(name)
            with pytest.raises(ToolFailed, match="not a file"):
                jail.write(name, b"", mark="call")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_not_opened(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no devices in this container")
    with Jail(tmp_path) as jail, pytest.raises(ToolFailed, match="a device, not a file"):
        jail.read("zero")


def exchange(one: Path, other: Path) -> None:
    """Swap two names in one instant (renameat2, RENAME_EXCHANGE)."""
    here = -100
    ctypes.CDLL(None).renameat2(here, os.fsencode(one), here, os.fsencode(other), 2)


def test_a_folder_that_is_swapped_for_a_link_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    workspace, outside = tmp_path / "workspace", tmp_path / "outside"
    for place, text in ((workspace / "folder", b"inside"), (outside, b"secret")):
        place.mkdir(parents=True)
        (place / "file").write_bytes(text)
    (workspace / "link").symlink_to(outside)
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            exchange(workspace / "folder", workspace / "link")

    swapping = threading.Thread(target=swap)
    swapping.start()
    read: list[bytes] = []
    refused = 0
    try:
        with Jail(workspace) as jail:
            for _ in range(1_000):
                try:
                    read.append(jail.read("folder/file").data)
                    jail.write("folder/file", b"inside", mark="call")
                except ToolFailed:
                    refused += 1
    finally:
        over.set()
        swapping.join()
    assert set(read) == {b"inside"}
    assert refused > 0
    assert [(path.name, path.read_text()) for path in outside.iterdir()] == [("file", "secret")]


def test_a_workspace_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "workspace").symlink_to("/etc")
    with pytest.raises(ToolFailed, match="no folder that can be opened"):
        Jail(tmp_path / "workspace")


def test_a_workspace_that_was_deleted_is_empty(tmp_path: Path) -> None:
    with Jail(tmp_path / "workspace") as jail:
        assert list(jail.entries()) == []


def test_a_file_above_the_limit_is_neither_read_nor_written(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as large:
        large.truncate(FILE_LIMIT + 1)
    with Jail(tmp_path) as jail:
        with pytest.raises(ToolFailed, match="10,485,761 bytes"):
            jail.read("large")
        with pytest.raises(ToolFailed, match="10,485,761 bytes"):
            jail.write("new", bytes(FILE_LIMIT + 1), mark="call")


def test_writing_a_file_with_a_second_name_leaves_the_other_alone(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "workspace").mkdir()
    os.link(tmp_path / "outside", tmp_path / "workspace" / "file")
    with Jail(tmp_path / "workspace") as jail:
        jail.write("file", b"new", mark="call")
    assert (tmp_path / "outside").read_text() == "secret"


def test_writing_keeps_the_mode_and_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("old")
    (tmp_path / "run.sh").chmod(0o755)
    with Jail(tmp_path) as jail:
        jail.write("run.sh", b"new", mark="call")
    assert (tmp_path / "run.sh").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["run.sh"]


@pytest.mark.parametrize("path", [".git/hooks/pre-commit", "a/.GIT/config", ".git"])
def test_what_belongs_to_git_is_not_written(tmp_path: Path, path: str) -> None:
    (tmp_path / "a").mkdir()
    with Jail(tmp_path) as jail, pytest.raises(ToolFailed, match="not written by hand"):
        jail.write(path, b"", mark="call")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A workspace in which two folders of state lie: a home under a name of its own, and another one."""
    for folder in ("a/home", "a/.taskforce"):
        (tmp_path / folder / "keys").mkdir(parents=True)
        (tmp_path / folder / "keys" / "key").write_text("secret")
        (tmp_path / folder / "taskforce.db").write_text("secret")
    (tmp_path / "link").symlink_to("a/home")
    (tmp_path / "usual").symlink_to("a/.taskforce/taskforce.db")
    return tmp_path


STATES = [
    *("a/home/taskforce.db", "a/home/keys/key", "a/.taskforce/taskforce.db", "a/.TASKFORCE/taskforce.db"),
    *("link/taskforce.db", "link/../home/keys/key", "usual", "a/home/../home/new", "a/.taskforce/new"),
]


@pytest.mark.parametrize("path", STATES)
def test_where_taskforce_keeps_its_state_no_tool_reads_or_writes(state: Path, path: str) -> None:
    with Jail(state, hidden=[state / "a" / "home"]) as jail:
        for go_there in (lambda: jail.read(path), lambda: jail.write(path, b"", mark="call")):
            with pytest.raises(ToolFailed, match="keeps its state"):
                go_there()
        with pytest.raises(ToolFailed, match="keeps its state"):
            jail.mode(path)


@pytest.mark.parametrize("path", ["a/home/keys", "a/.taskforce", "a/.taskforce/keys", "link/keys"])
def test_no_listing_begins_there(state: Path, path: str) -> None:
    with (
        Jail(state, hidden=[state / "a" / "home"]) as jail,
        pytest.raises(ToolFailed, match="keeps its state"),
    ):
        next(jail.entries(path))


@pytest.mark.parametrize("path", [".", "a", "a/home"])
def test_no_listing_comes_there(state: Path, path: str) -> None:
    with Jail(state, hidden=[state / "a" / "home"]) as jail:
        found = {entry.path for entry in jail.entries(path)}
    assert found <= {"a", "link", "usual"}


def test_a_workspace_within_the_state_is_as_any_other(state: Path) -> None:
    with Jail(state / "a" / "home" / "keys", hidden=[state / "a" / "home"]) as jail:
        assert jail.read("key").data == b"secret"
        assert [entry.path for entry in jail.entries()] == ["key"]


def test_no_folder_stays_open(house: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Jail(house / "workspace") as jail:
        for path in ("in/file", "abs", "a/b/../../file", "nothing/there", "loop"):
            try:
                jail.read(path)
            except ToolFailed:
                continue
        next(iter(jail.entries()))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
