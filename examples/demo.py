"""`make demo`: one mission on a real folder, by command line, over HTTP, through a crash; and a film.

The results are compared; the exit code is 1 when anything differs. Everything happens in a temporary
folder and on loopback; the film alone stays, beside that folder.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import Any

SHOP = Path(__file__).parent / "shop"
MISSION = (
    "Count the rows of orders.csv, then sum quantity by region in orders.csv, "
    'then search for "gateway timed out" in app.log, then run forecast.py, then write a report to report.md'
)
CLI = (sys.executable, "-m", "taskforce")
WIDTH = min(100, shutil.get_terminal_size((100, 24)).columns) - 4
PATIENCE = 300
ACTS = 6
PROMPT = (
    "A fox crosses a frozen lake at dawn. Snow falls over the mountains. She sleeps in a forest at night."
)
FILM = Path(tempfile.gettempdir()) / "taskforce-demo.mp4"

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIMES = frozenset({"timestamp", "created_at", "updated_at"})

Event = dict[str, Any]


class DemoFailed(Exception):
    """Something is not as it should be."""


class Stage:
    """A temporary folder with copies of the shop, and a home beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = {name: text for name, text in os.environ.items() if not name.startswith("TASKFORCE_")}
        # The user's own settings stay out of the demo, as the user's store and the user's models do.
        own = {"TASKFORCE_HOME": str(folder / "home"), "TASKFORCE_MODEL": "local:planner"}
        self.environment = {**names, **own, "XDG_CONFIG_HOME": str(folder)}

    def shop(self, name: str) -> Path:
        """Return a fresh copy of the shop's folder."""
        return Path(shutil.copytree(SHOP, self.folder / name, ignore=shutil.ignore_patterns("__pycache__")))

    def run(self, *words: str) -> str:
        """Run a command; return what it said on stdout."""
        with self.open(*words, stdout=subprocess.PIPE) as running:
            said, _ = running.communicate(timeout=PATIENCE)
        succeeded(running)
        return str(said)

    def play(self, *words: str, cwd: Path | None = None) -> None:
        """Run a command that has the terminal to itself."""
        with self.open(*words, cwd=cwd) as running:
            running.wait(PATIENCE)
        succeeded(running)

    def open(self, *words: str, cwd: Path | None = None, **streams: Any) -> "subprocess.Popen[str]":  # noqa: ANN401 - Popen's own
        """Start a command."""
        return subprocess.Popen(
            [*CLI, *words], env=self.environment, cwd=cwd or self.folder, text=True, **streams
        )

    def log(self, job_id: str) -> list[Event]:
        """Return the log of a job that is over."""
        lines = self.run("jobs", "watch", job_id, "--json").splitlines()
        return [event for event in map(json.loads, lines) if "id" in event]

    def session(self, session_id: str) -> Event:
        """Return a session as it stands."""
        found: Event = json.loads(self.run("sessions", "show", session_id, "--json"))
        return found


def succeeded(process: "subprocess.Popen[str]") -> None:
    """Raise DemoFailed when a process ended with another exit code than 0."""
    if process.returncode:
        raise DemoFailed(f"{process.args!r} ended with exit code {process.returncode}")


def main() -> int:
    """Play the acts; return 0 when all came to the same."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="taskforce-demo-") as folder:
        stage = Stage(Path(folder))
        try:
            first = by_command_line(stage)
            over_http(stage, first)
            through_a_crash(stage, first)
            as_a_film(stage)
        except (DemoFailed, subprocess.TimeoutExpired) as failed:
            print(f"\nFAILED: {failed}", file=sys.stderr)
            return 1
    say(f"Done in {time.monotonic() - began:.0f} s. Nothing but the film was left behind.")
    return 0


# ---------------------------------------------------------------- the acts


def by_command_line(stage: Stage) -> list[Event]:
    """Run the mission with the live view; return its log."""
    act(1, f"The command line: a mission in a copy of {SHOP.name}/ ({', '.join(files())}).")
    shop = stage.shop("shop")
    command("run", "mission", MISSION)
    stage.play("run", "mission", MISSION, cwd=shop)

    act(2, "What is stored: the session, its result, and the file it wrote, kept as an artifact.")
    listed = json.loads(stage.run("sessions", "list", "--json"))
    session = stage.session(listed[0]["session_id"])
    command("sessions", "show", session["session_id"])
    shown = stage.run("sessions", "show", session["session_id"])
    print(shown.split("\n\n", maxsplit=1)[0].expandtabs(11))
    kept = session["artifacts"][0]
    print(
        f"\n$ cat {kept['key'].rpartition('/')[2]}    # {kept['size']} bytes, sha256 {kept['sha256'][:16]}…"
    )
    print((shop / "report.md").read_text(encoding="utf-8"), end="")
    return stage.log(session["job_id"])


def over_http(stage: Stage, first: list[Event]) -> None:
    """Run the mission over HTTP, print its events as they come, and compare."""
    act(3, "HTTP: the same mission through the other door, its events as they are sent (SSE).")
    shop = stage.shop("shop-http")
    port = free_port()
    command("serve", "--port", str(port), after=" &")
    body = {"mission": MISSION, "workspace": str(shop)}
    with served(stage, port) as server:
        print(f"$ curl -N http://127.0.0.1:{port}/api/v1/execute/stream --json '{{\"mission\": …}}'")
        events = [event for event in streamed(port, body) if told(event)]
        facts = events[0]["details"]
        session = fetched(port, f"/api/v1/sessions/{facts['session_id']}")
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
        succeeded(server)
    print("$ kill %1    # SIGTERM: the server drains and ends")
    compare("log", first, events)
    one = stage.session(first[0]["details"]["session_id"])
    compare("session", [one], [session])
    say(
        f"same result through both doors: {len(events)} events, the answer, usage and report.md are equal "
        "in every field but ids, times and the folder's name."
    )


def through_a_crash(stage: Stage, first: list[Event]) -> None:
    """Kill the mission in the middle, let a worker finish it, and compare."""
    act(4, "A crash: the same mission, killed with -9 while forecast.py runs.")
    shop = stage.shop("shop-crash")
    command("run", "mission", MISSION, after=" &")
    before: list[Event] = []
    with stage.open(
        "run",
        "mission",
        MISSION,
        "--json",
        "--stream",
        cwd=shop,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        for line in running.stdout or ():
            event = json.loads(line)
            before += [event] if "id" in event else []
            if done(event) == "grep":
                running.kill()
    job_id = before[0]["details"]["job_id"]
    told(before[-1])
    print("$ kill -9 %1")
    if any(event["event_type"] == "complete" for event in before):
        raise DemoFailed("the mission was over before it could be killed")
    command("jobs", "list")
    stage.play("jobs", "list")

    act(5, "And back: any worker on the same store goes on where it was.")
    command("worker", "--until-idle")
    stage.play("worker", "--until-idle")
    events = stage.log(job_id)
    if events[: len(before)] != before:
        raise DemoFailed("what was recorded before the crash has changed")
    compare("log", first, events)
    say(
        f"same result after the crash: {len(before)} events were recorded before it and are as they were, "
        f"{len(events) - len(before)} came after; no finished step ran twice."
    )


def as_a_film(stage: Stage) -> None:
    """Make a film of a prompt, and leave it where it can be watched."""
    act(6, "A film of a prompt: 12 s at 1280x720, drawn by program, without a model.")
    words = ("run", "video", PROMPT, "--clip-duration", "4", "--out", str(FILM))
    command(*words)
    stage.play(*words)
    say(f"the film is {FILM}")


# ---------------------------------------------------------------- what is told


def act(number: int, text: str) -> None:
    """Begin an act."""
    print(
        f"\n{textwrap.fill(f'== {number}/{ACTS}  {text}', WIDTH, subsequent_indent='        ')}\n", flush=True
    )


def say(text: str) -> None:
    """Say what came out."""
    print(f"\n→ {textwrap.fill(text, WIDTH, subsequent_indent='  ')}", flush=True)


def typed(*words: str) -> str:
    """Return a command as one would type it."""
    return shlex.join(["taskforce", *words])


def command(*words: str, after: str = "") -> None:
    """Show a command as one would type it."""
    lines = textwrap.wrap(typed(*words) + after, WIDTH, break_long_words=False, break_on_hyphens=False)
    print("$ " + "\n    ".join(lines), flush=True)


def told(event: Event) -> bool:
    """Print an event of the log as a line; tell whether it is one."""
    if "id" not in event:
        return False
    words = " ".join(event["message"].split())
    if event["event_type"] in {"tool_call", "plan_updated", "tool_result"}:
        words = textwrap.shorten(words, WIDTH - 36, placeholder=" …")
    print(f"{event['id']:>4}  {event['event_type']:<12}  {words[: WIDTH - 20]}", flush=True)
    return True


def files() -> list[str]:
    """Return the data files of the shop."""
    return sorted(path.name for path in SHOP.iterdir() if path.suffix in {".csv", ".json", ".log", ".py"})


# ---------------------------------------------------------------- HTTP, with the standard library alone


def free_port() -> int:
    """Return a port that nobody listens on."""
    with create_server(("127.0.0.1", 0)) as socket:
        return int(socket.getsockname()[1])


@contextmanager
def served(stage: Stage, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Run the server until the end of the act, whatever happens in it."""
    with stage.open("serve", "--port", str(port), stderr=subprocess.DEVNULL) as server:
        try:
            wait_until_ready(server, port)
            yield server
        finally:
            server.kill()


def wait_until_ready(server: "subprocess.Popen[str]", port: int) -> None:
    """Return when the server takes work."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError, DemoFailed):
            fetched(port, "/health/ready")
            return
        time.sleep(0.05)
    raise DemoFailed("the server does not answer")


def fetched(port: int, path: str) -> Event:
    """Return the JSON at a path."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return answer(connection)
    finally:
        connection.close()


def answer(connection: HTTPConnection) -> Event:
    """Return the JSON that a connection answers."""
    response = connection.getresponse()
    body: Event = json.loads(response.read())
    if response.status != 200:  # noqa: PLR2004 - HTTP's own number
        raise DemoFailed(f"HTTP {response.status}: {body.get('detail')}")
    return body


def streamed(port: int, body: Mapping[str, object]) -> Iterator[Event]:
    """Run a mission and yield its events as they arrive; live output has no id."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/execute/stream", json.dumps(body), headers)
        response = connection.getresponse()
        fields: dict[str, str] = {}
        for line in response:
            name, _, text = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = text
            elif "data" in fields:
                event: Event = json.loads(fields["data"])
                yield {"id": int(fields["id"]), **event} if "id" in fields else event
                fields = {}
    finally:
        connection.close()


# ---------------------------------------------------------------- comparing


def done(event: Event) -> str | None:
    """Return the tool whose result an event tells, if it does."""
    return str(event["details"]["tool"]) if event["event_type"] == "tool_result" else None


def compare(what: str, one: list[Event], other: list[Event]) -> None:
    """Raise DemoFailed at the first difference beside ids, times and the workspace's path."""
    if len(one) != len(other):
        raise DemoFailed(f"{what}: {len(one)} against {len(other)}")
    for left, right in zip(bare(one), bare(other), strict=True):
        for name in left.keys() | right.keys():
            if left.get(name) != right.get(name):
                raise DemoFailed(f"{what}, {name}: {left.get(name)!r} against {right.get(name)!r}")


def bare(events: list[Event]) -> list[Event]:
    """Return events without what differs from run to run."""
    folders = {str(path) for path in find(events, "workspace")}

    def stripped(value: object, name: str) -> object:
        if isinstance(value, dict):
            return {key: stripped(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [stripped(part, name) for part in value]
        if not isinstance(value, str):
            return value
        if name in TIMES:
            return "TIME"
        for folder in folders:
            value = value.replace(folder, "WORKSPACE")
        return UUID.sub("ID", value)

    return [{name: stripped(value, name) for name, value in event.items()} for event in events]


def find(value: object, name: str) -> Iterator[object]:
    """Yield what stands under a name anywhere in a value."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == name:
                yield part
            yield from find(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from find(part, name)


if __name__ == "__main__":
    sys.exit(main())
