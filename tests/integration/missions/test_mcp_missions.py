"""Missions that call the tools of servers: with crashes, replays, and no secret left behind."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.durability.twelve_steps import Part, script_in, turn
from tests.integration.missions.tool_servers import KEY, SHOP, serving
from tests.integration.processes import ROOT, Ended, Process, environment, is_alive, until
from tests.integration.records import job_of, lines_of

pytestmark = pytest.mark.durability

AUTO = {"read": "auto", "write": "auto", "execute": "auto", "network": "auto"}


class Home:
    """A home with the profile `shop`, whose server writes down what happens in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "home"
        self.ledger = folder / "ledger"
        (folder / "work").mkdir()
        self.stdio = {
            "command": sys.executable,
            "args": [str(SHOP)],
            "env": {"LEDGER": str(self.ledger), "SHOP_KEY": "${SHOP_KEY}"},
        }

    def name(self, server: Mapping[str, object], **keys: object) -> None:
        """Write the profile; JSON is YAML."""
        profile = {"extends": "dev", "approval": AUTO, "mcp_servers": {"shop": server}, **keys}
        file = self.path / "profiles" / "shop.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(profile))

    def start(self, *words: str, key: str | None = KEY) -> Process:
        env = environment(self.path, workspace_roots=self.folder)
        if key is not None:
            env["SHOP_KEY"] = key
        return Process(sys.executable, "-m", "taskforce", *words, env=env)

    def said(self, *words: str, key: str | None = KEY) -> Ended:
        with self.start(*words, key=key) as process:
            return process.wait()

    def run_words(self, *turns: Part) -> tuple[str, ...]:
        script = script_in(self.folder, *turns)
        work = str(self.folder / "work")
        words = ("--profile", "shop", "--model", f"script:{script}", "--workspace", work, "--json")
        return ("run", "mission", "Go", *words)

    def noted(self) -> list[str]:
        return self.ledger.read_text().splitlines() if self.ledger.is_file() else []

    def results(self) -> list[str]:
        lines = lines_of(self.path, job_of(self.path).id)
        return [message for _, kind, message, _ in lines if kind == "tool_result"]

    def servers(self) -> list[int]:
        """Return the processes of servers that write into this ledger."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environ = (process / "environ").read_bytes()
            except OSError:
                continue
            if f"LEDGER={self.ledger}".encode() in environ.split(b"\0"):
                found.append(int(process.name))
        return [pid for pid in found if is_alive(pid)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def call(tool: str, **arguments: object) -> Part:
    return {"tool": f"shop__{tool}", "arguments": arguments}


@contextmanager
def named(home: Home, way: str) -> Iterator[None]:
    if way == "stdio":
        home.name(home.stdio)
        yield
        return
    with serving(home.ledger) as (_, origin):
        home.name({"url": f"{origin}/mcp", "headers": {"Authorization": "Bearer ${SHOP_KEY}"}})
        yield


@pytest.mark.parametrize("way", ["stdio", "http"])
def test_a_mission_calls_the_tools_of_a_server_and_no_secret_is_left_anywhere(home: Home, way: str) -> None:
    turns = (
        turn("Look.", call("price", item="rice", count=2)),
        turn("A slip.", call("price", count="two")),
        turn("More.", call("picture"), call("tell_key"), call("refuse"), call("progress"), call("die")),
        turn("Done."),
    )
    with named(home, way):
        ended = home.said(*home.run_words(*turns))
    assert ended.code == 0, ended
    first, slip, picture, told, refused, *_ = home.results()
    assert '"francs": 5.0' in first
    assert slip.startswith("Invalid arguments for shop__price: count: 'two' is not of type 'integer'; ")
    assert picture == "[image/png, 15 bytes, kept as the artifact turn-3-call-1-1.png]"
    assert "[redacted]" in told
    assert "Error executing tool refuse" in refused
    (kept,) = ended.json["artifacts"]
    assert (kept["media_type"], kept["size"]) == ("image/png", 15)
    assert home.servers() == []
    assert KEY not in ended.out + ended.err
    files = [file for file in home.path.rglob("*") if file.is_file()]
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []
    assert any(b"${SHOP_KEY}" in file.read_bytes() for file in files if "taskforce.db" in file.name)


def test_calls_of_pure_tools_run_side_by_side(home: Home) -> None:
    home.name({**home.stdio, "per_tool": {"meet": {"effect": "pure"}}})
    turns = (turn("Both.", call("meet", name="ann"), call("meet", name="ben")), turn("Done."))
    assert home.said(*home.run_words(*turns)).code == 0
    assert home.results() == ["ann met somebody.", "ben met somebody."]


def test_calls_over_the_network_ask_first_unless_the_profile_says_otherwise(home: Home) -> None:
    with serving(home.ledger) as (_, origin):
        server = {"url": f"{origin}/mcp", "headers": {"Authorization": "Bearer ${SHOP_KEY}"}}
        careful = {**AUTO, "network": "ask"}
        home.name(server, approval=careful)
        words = home.run_words(turn("Go.", call("order", item="tea")), turn("Done."))
        assert home.said(*words).json["status"] == "paused"
        assert "order tea" not in home.noted()
        home.name({**server, "per_tool": {"order": {"risk": "read"}}}, approval=careful)
        assert home.said(*words).json["status"] == "completed"
    assert "order tea" in home.noted()


def killed_in_a_call(home: Home, **terms: object) -> None:
    """Kill a mission's process while a call is under way; the server dies with it."""
    home.name({**home.stdio, **terms})
    words = home.run_words(turn("Slow.", call("stall", text="x")), turn("Done."))
    with home.start(*words) as process:
        until(lambda: "stall x" in home.noted(), what="the call")
        assert home.servers()
        process.kill()
    until(lambda: not home.servers(), seconds=10, what="the server's end")


def test_a_call_that_was_under_way_in_a_crash_becomes_a_persons_question(home: Home) -> None:
    killed_in_a_call(home)
    assert home.said("worker", "--until-idle").code == 0
    job = job_of(home.path)
    assert job.status is JobStatus.WAITING
    (_, kind, message, details) = lines_of(home.path, job.id)[-1]
    assert (kind, details["reason"], details["tool"]) == (
        "approval_required",
        "unknown_after_crash",
        "shop__stall",
    )
    assert "shop__stall was under way" in message
    shown = home.said("sessions", "show", str(job.input["session_id"]), "--json").json
    words = ("sessions", "respond", shown["session_id"], shown["waiting"]["wait_id"], "--decision", "repeat")
    assert home.said(*words, "--json").json["status"] == "completed"
    assert home.noted().count("stall x") == 2
    assert home.results() == ["x is done."]


def test_a_call_of_a_pure_tool_is_started_again_after_a_crash(
    home: Home,
) -> None:
    killed_in_a_call(home, per_tool={"stall": {"effect": "pure"}})
    assert home.said("worker", "--until-idle").code == 0
    assert job_of(home.path).status is JobStatus.SUCCEEDED
    assert home.noted().count("stall x") == 2
    assert home.results() == ["x is done."]


def test_who_cancels_a_mission_cancels_its_call_and_ends_its_server(home: Home) -> None:
    home.name(home.stdio)
    with home.start(*home.run_words(turn("Slow.", call("stall", text="x")), turn("Done."))) as process:
        until(lambda: "stall x" in home.noted(), what="the call")
        assert home.said("jobs", "cancel", job_of(home.path).id).code == 0
        assert process.wait().code != 0
    assert job_of(home.path).status is JobStatus.CANCELLED
    assert "cancelled x" in home.noted()
    assert home.servers() == []


def test_a_replay_connects_to_nothing(home: Home) -> None:
    home.name(home.stdio)
    words = home.run_words(
        turn("Go.", call("order", item="tea")), turn("A slip.", call("order")), turn("Done.")
    )
    ended = home.said(*words)
    assert ended.json["status"] == "completed", ended
    replayed = home.said("sessions", "replay", ended.json["session_id"], "--json", key=None)
    assert replayed.code == 0, replayed
    assert home.noted() == ["order tea"]


def test_a_mission_whose_server_is_away_says_so_and_goes_on_when_it_is_back(home: Home) -> None:
    script = home.folder / "server.py"
    home.name({**home.stdio, "args": [str(script)]})
    failed = home.said(*home.run_words(turn("Go.", call("order", item="tea")), turn("Done.")))
    assert failed.json["error"]["code"] == "tool_server_unavailable"
    assert failed.json["error"]["message"].startswith(
        "The tool server shop does not answer: it ended with exit code 2. It said last: "
    )
    script.write_text(SHOP.read_text())
    resumed = home.said("sessions", "resume", failed.json["session_id"], "--json")
    assert resumed.json["status"] == "completed", resumed
    assert home.noted() == ["order tea"]


@pytest.mark.parametrize(
    ("server", "code", "said"),
    [
        ({"env": {"SHOP_KEY": "${SHOP_KEY}"}}, "tool_server_unfit", "variable SHOP_KEY is not set"),
        (
            {"env": {}, "tools": ["prise"]},
            "tool_server_unfit",
            "the profile names its tool 'prise'. Its tools",
        ),
    ],
)
def test_a_server_that_does_not_fit_its_profile_fails_the_mission(
    home: Home, server: dict[str, object], code: str, said: str
) -> None:
    home.name({**home.stdio, **server})
    failed = home.said(*home.run_words(turn("Done.")), key=None)
    assert failed.json["error"]["code"] == code
    assert said in failed.json["error"]["message"]


def test_taskforce_itself_is_such_a_server(home: Home) -> None:
    other = home.folder / "other"
    variables = {
        "TASKFORCE_HOME": str(other),
        "TASKFORCE_WORKSPACE_ROOTS": str(home.folder),
        "TASKFORCE_MODEL_PROBE": "false",
    }
    home.name(
        {"command": sys.executable, "args": ["-m", "taskforce", "mcp"], "env": variables, "cwd": str(ROOT)}
    )
    work = str(home.folder / "work")
    asked = {"mission": "Write hello to greeting.txt", "workspace": work, "model": "local:planner"}
    turns = (turn("Go.", call("missions_execute", **asked)), turn("Done."))
    assert home.said(*home.run_words(*turns)).json["status"] == "completed"
    (result,) = home.results()
    assert '"status":"completed"' in result.replace(" ", "")
    assert (home.folder / "work" / "greeting.txt").read_text().strip() == "hello"
    assert job_of(other).status is JobStatus.SUCCEEDED


def test_doctor_says_which_servers_answer(home: Home) -> None:
    home.name(home.stdio)
    careless = {"extends": "shop", "mcp_servers": {"gone": {"command": "no-such-program"}}}
    (home.path / "profiles" / "gone.yaml").write_text(json.dumps(careless))
    checks = home.said("doctor", "--json").json["checks"]
    found = {check["status"]: check["detail"] for check in checks if check["name"] == "mcp_server"}
    assert found.keys() == {"ok", "warning"}
    assert found["ok"].startswith("shop (of shop) gives shop__price, ")
    assert "The tool server gone does not answer: it ended with exit code 127." in found["warning"]
    assert found["warning"].endswith("Profiles that name it: gone.")


@pytest.mark.parametrize(
    ("server", "line", "problem"),
    [
        (
            "    command: x\n    comand: y",
            5,
            "unknown key mcp_servers.shop.comand. Known keys are: command, args, ",
        ),
        ("    args: [x]", 3, "mcp_servers.shop: say either command or url."),
        ("    command: x\n    url: http://x", 3, "mcp_servers.shop: say either command or url."),
        ("    url: http://x\n    args: [x]", 3, "mcp_servers.shop: args, env and cwd are for a command."),
        ("    url: ftp://x", 4, "mcp_servers.shop.url: String should match pattern"),
        ("    command: x\n    risk: harmless", 5, "mcp_servers.shop.risk: Input should be 'read', "),
        (
            "    command: x\n    per_tool:\n      buy: {risk: read, efect: once}",
            6,
            "unknown key mcp_servers.shop.",
        ),
        (
            f"    command: x\n    env: {{SHOP_KEY: {KEY}}}",
            5,
            "mcp_servers.shop.env: SHOP_KEY holds a secret: ",
        ),
        (
            f"    command: x\n    args: [--api-key={KEY}]",
            5,
            "mcp_servers.shop.args: --api-key holds a secret: ",
        ),
        (
            f"    url: http://x\n    headers: {{X-Key: {KEY}}}",
            5,
            "mcp_servers.shop.headers: X-Key holds a secret: ",
        ),
        ("    command: x\n    args: ['${A B}']", 5, "mcp_servers.shop.args: holds a broken reference: "),
        ("    command: x\n    cwd: here", 5, "mcp_servers.shop.cwd: String should match pattern"),
    ],
)
def test_what_is_wrong_with_a_server_is_told_with_file_and_line(
    home: Home, server: str, line: int, problem: str
) -> None:
    file = home.path / "profiles" / "shop.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"extends: dev\nmcp_servers:\n  shop:\n{server}\n")
    wrong = home.said(*home.run_words(turn("Done.")))
    told = json.loads(wrong.err)["detail"]
    assert told.startswith(f"{file}:{line}: {problem}"), told
    assert KEY not in wrong.err
