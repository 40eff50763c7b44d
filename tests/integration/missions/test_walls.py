"""What holds a program where there is bubblewrap, and what is said and done where there is none."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from taskforce.core.missions.profile import Profile
from taskforce.core.tools import Sandbox, ToolFailed
from taskforce.infrastructure.missions.sandbox import NOT_HELD, Bubblewrap
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from tests.integration.missions.houses import House, a_house, a_walled_house, must_have_bubblewrap


@pytest.fixture
def walled(tmp_path: Path) -> House:
    return a_walled_house(tmp_path)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.1)
        yield server


async def test_the_workspace_is_the_only_folder_that_is_written(walled: House) -> None:
    for folder in ("/", "/usr", "/usr/local/bin", "/etc", "/dev", "/proc/self", str(walled.home), sys.prefix):
        done = await walled.sh(f"touch {folder}/taskforce-was-here")
        assert done.failed, folder
        assert not (Path(folder) / "taskforce-was-here").exists()
    assert not (await walled.sh("touch here && touch /tmp/there")).failed
    assert (walled.workspace / "here").exists()


async def test_what_others_own_is_not_there(walled: House) -> None:
    outside = (
        *(walled.home / "taskforce.db", walled.home / "workspaces" / "other" / "secret"),
        *(Path("/etc/passwd"), Path("/etc/shadow"), Path("/sys/kernel"), Path("/run")),
        *(Path("/var/lib"), Path(__file__), Path(f"/proc/{os.getpid()}/root/etc/passwd")),
    )
    for path in outside:
        assert path.exists(), path
        assert (await walled.sh(f"test -e {path}")).failed, path
    assert (await walled.sh(f"ls -A {walled.home} {walled.home}/workspaces")).content.split() == [
        *(f"{walled.home}:", "workspaces", f"{walled.home}/workspaces:", "ours")
    ]
    assert (await walled.sh("ln -s /etc/passwd p; cat p")).failed


async def test_a_folder_that_a_profile_names_is_read_and_not_written(walled: House, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "it").write_text("of use")
    sandbox = Sandbox(readable=(str(tools), "/no/such/folder"))
    done = await walled.sh(f"cat {tools}/it; ls {tmp_path}; touch {tools}/other", sandbox=sandbox)
    assert done.content.startswith("of usehome\ntools\n")
    assert [path.name for path in tools.iterdir()] == ["it"]


@pytest.mark.parametrize("path", ["tools", "", "/", "//", "~/tools"])
def test_what_is_readable_is_named_by_a_whole_path_and_is_not_everything(path: str) -> None:
    with pytest.raises(ValidationError):
        Sandbox(readable=(path,))


async def test_a_home_within_the_workspace_is_hidden(tmp_path: Path) -> None:
    must_have_bubblewrap()
    home = tmp_path / ".taskforce"
    home.mkdir()
    (home / "taskforce.db").write_text("secret of the store")
    house = House(home=home, workspace=tmp_path, bubblewrap=Bubblewrap((home,)))
    assert (await house.sh("ls -A .taskforce; cat .taskforce/taskforce.db")).failed
    assert (await house.sh("echo x > .taskforce/taskforce.db")).failed
    assert (await house.sh("rm -rf .taskforce")).failed
    assert (home / "taskforce.db").read_text() == "secret of the store"


async def test_an_interpreter_within_the_workspace_is_not_written(walled: House) -> None:
    outer = Path(sys.prefix).parent
    house = House(home=walled.home, workspace=outer, bubblewrap=walled.bubblewrap)
    assert (await house.sh(f"touch {sys.prefix}/taskforce-was-here")).failed


async def test_there_is_no_network(walled: House, listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    knock = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nprint('in')"
    assert (await walled.python(knock)).failed
    with pytest.raises(TimeoutError):
        listening.accept()
    assert (await walled.python(knock, sandbox=Sandbox(network=True))).content == "in"
    listening.accept()[0].close()


async def test_sockets_without_a_file_are_not_reached(walled: House) -> None:
    name = f"\0taskforce-{time.monotonic_ns()}"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(name)
        server.listen()
        done = await walled.python(
            f"import socket\nsocket.socket(socket.AF_UNIX).connect('\\0' + {name[1:]!r})"
        )
    assert done.failed


async def test_a_program_may_talk_to_itself(walled: House) -> None:
    code = (
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\nprint('in')"
    )
    assert (await walled.python(code)).content == "in"


async def test_no_process_outside_is_seen_or_touched(walled: House) -> None:
    code = (
        "import os, ctypes\n"
        "print(sorted(int(pid) for pid in os.listdir('/proc') if pid.isdigit()))\n"
        f"print(ctypes.CDLL(None).ptrace(16, {os.getpid()}, 0, 0))\n"
        f"os.kill({os.getpid()}, 9)"
    )
    done = await walled.python(code)
    seen, attached, *rest = done.content.splitlines()
    assert len(seen.split(",")) < 5
    assert attached == "-1"
    assert "ProcessLookupError" in rest[-2]


async def test_root_inside_has_no_powers(walled: House) -> None:
    status = (await walled.sh("cat /proc/self/status")).content.splitlines()
    told = dict(line.split(":\t", 1) for line in status if line.startswith(("Cap", "NoNewPrivs")))
    assert {int(value, 16) for name, value in told.items() if name.startswith("Cap")} == {0}
    assert told["NoNewPrivs"] == "1"
    for line in (
        "unshare -U true",
        "unshare -r mount -t tmpfs none /tmp",
        "mount -o remount,rw /usr",
        "chroot /",
    ):
        assert (await walled.sh(line)).failed, line


async def test_the_kernels_settings_cannot_be_opened_for_writing(walled: House) -> None:
    code = (
        "import os\n"
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/vm/drop_caches', '/proc/sysrq-trigger'):\n"
        "    try:\n        os.close(os.open(path, os.O_WRONLY))\n        print('open', path)\n"
        "    except OSError:\n        pass\n"
    )
    assert (await walled.python(code)).content == "(no output)"


async def test_scratch_space_is_bounded_and_gone_with_the_call(walled: House) -> None:
    code = (
        "import os\nfor p in ('/tmp', '/dev/shm'):\n    s = os.statvfs(p)\n    print(s.f_blocks * s.f_frsize)"
    )
    assert (await walled.python(code)).content.split() == [str(256 * 1024 * 1024)] * 2
    await walled.sh("echo x > /tmp/left; echo x > /var/tmp/left")
    assert (await walled.sh("find /tmp /dev/shm -name left | wc -l")).content.strip() == "0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_an_owner_of_a_workspace_has_walls_and_python_too(walled: House) -> None:
    os.chown(walled.workspace, 65_534, 65_534)
    done = await walled.python("import os; print(os.getuid(), os.path.exists('/etc/passwd'))")
    assert done.content == "65534 False"


async def test_a_profile_that_requires_walls_runs_nothing_without(tmp_path: Path) -> None:
    house = a_house(tmp_path, Bubblewrap(program=None))
    required = Sandbox(required=True)
    for tool, arguments in (
        ("shell", {"command": "touch made"}),
        ("python", {"code": "open('made', 'w')"}),
        ("git", {"args": ["init"]}),
    ):
        with pytest.raises(ToolFailed, match="sandbox only, and there is none: bubblewrap is not installed"):
            await house.call(tool, required, **arguments)
    assert [path.name for path in house.workspace.iterdir()] == ["secret"]
    assert (await house.call("grep", required, pattern="secret")).content.startswith("secret:1:")


async def test_a_bubblewrap_that_does_not_work_counts_as_none(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    for program, lack in (
        (str(broken), "bubblewrap does not work on this machine: bwrap: No permissions"),
        (str(tmp_path / "gone"), "bubblewrap cannot be started"),
        (None, "bubblewrap is not installed"),
    ):
        bubblewrap = Bubblewrap(program=program)
        assert (bubblewrap.lack() or "").startswith(lack)
    house = a_house(tmp_path, Bubblewrap(program=str(broken)))
    assert await house.goes_on()


def test_what_is_not_held_is_told_for_missions_that_start_programs() -> None:
    bare = BuiltinTools(bubblewrap=Bubblewrap(program=None))
    starts = Profile(name="a", tools=("file_read", "shell"))
    assert bare.not_held(starts) == NOT_HELD
    assert bare.not_held(Profile(name="a", tools=("file_read", "planner"))) == ()
    assert bare.not_held(starts.model_copy(update={"sandbox": Sandbox(required=True)})) == ()
    if shutil.which("bwrap") is not None:
        must_have_bubblewrap()
        assert BuiltinTools().not_held(starts) == ()
