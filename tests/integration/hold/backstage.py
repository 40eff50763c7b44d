"""A server that dies where a request tells it to, and says what it holds; forked, with everything loaded.

It is `taskforce serve` with a door behind the scenes: `GET /census`, and the header `X-Die-At`.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from dependency_injector import providers
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskforce import Event, Job, JobContext, Program
from taskforce.api.protocol import Deadlines, PatientProtocol, ServerConfig
from taskforce.api.server import GRACE, Server, create_app
from taskforce.api.slots import StreamSlots
from taskforce.api.stream import EventStream
from taskforce.application.factory import Container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.principals import local_principal
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolResult
from taskforce.infrastructure.database.database import PROMPT, Guard
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.settings import Settings

T = TypeVar("T")

BEFORE, COMMITTED, ANSWER = "before", "committed", "answer"
PLACES = (BEFORE, COMMITTED, ANSWER)
"""Before anything of a request is written; when it is in the file; before the first byte of the answer."""
PROFILE = "noting"
SHOP = "acme/shop"
"""A repository that a test may make, where `shop_in` says."""
PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""
CROWD = 100_000
"""Streams that one principal may open here, who stands for many."""
LONG = 1_000
"""Characters of a long event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How a server is to be."""

    home: Path
    port: int
    workers: int = 4
    busy_timeout: float | None = None
    tells: tuple[JsonObject, ...] = ()
    """Jobs of Telling that are handed in before it listens."""


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = 0.0


class NoteDown(ModelledTool[_Nothing]):
    """Appends its idempotency key to a file outside, as whoever is paid or told would."""

    name = "note_down"
    description = "Note down that this was done."
    risk = Risk.READ
    effect = ToolEffect.IDEMPOTENT
    parallel = True
    arguments = _Nothing

    def __init__(self, ledger: Path) -> None:
        self._ledger = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def run(self, arguments: _Nothing, context: ToolContext) -> ToolResult:
        await asyncio.sleep(arguments.seconds)
        os.write(self._ledger, f"{context.idempotency_key}\n".encode())
        return ToolResult(content="Noted.")


class Telling(Program):
    """Tells `burst` long events at once, `count` more at `rate` a second, and stays for `hold` seconds."""

    kind = "telling"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="telling")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        count, rate, hold = (float(str(job.input.get(name, 0))) for name in ("count", "rate", "hold"))
        for number in range(int(str(job.input.get("burst", 0)))):
            await ctx.emit(f"burst/{number}", Event(type="told", message="x" * LONG))
        await ctx.step("burst", _nothing, type=int)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for number in range(int(count)):
            await asyncio.sleep(begun + number / rate - loop.time() if rate else 0)
            await ctx.emit(f"told/{number}", Event(type="told", message=str(number)))
            await ctx.step(f"kept/{number}", _nothing, type=int)
        await asyncio.sleep(hold)
        return {}


class Failpoint:
    """Kills the process at a place, once a request has asked for it."""

    def __init__(self) -> None:
        self.armed = ""
        self.key = ""

    def reach(self, place: str) -> None:
        """Die here, if this is the place."""
        if self.armed == place:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


class _Watched(SqliteDatabase):
    """Says when a request's record is about to be written, and when another connection can read it."""

    def __init__(self, path: Path, failpoint: Failpoint, **options: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(path, **options)
        self._file = path
        self._failpoint = failpoint

    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        self._failpoint.reach(BEFORE)
        done = await super().write(work, patience=patience, guard=guard)
        if self._failpoint.armed == COMMITTED and self._is_there():
            self._failpoint.reach(COMMITTED)
        return done

    def _is_there(self) -> bool:
        with closing(sqlite3.connect(self._file)) as other:
            query = "SELECT 1 FROM idempotency WHERE key = ?"
            return other.execute(query, (self._failpoint.key,)).fetchone() is not None


class _Backstage:
    """Around the whole app: arms the failpoint, and answers the census."""

    def __init__(self, app: ASGIApp, failpoint: Failpoint, container: Container, slots: StreamSlots) -> None:
        self._app = app
        self._failpoint = failpoint
        self._container = container
        self._slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/census":
            body = json.dumps(self._census()).encode()
            length = (b"content-length", str(len(body)).encode())
            await send({"type": "http.response.start", "status": 200, "headers": [length]})
            await send({"type": "http.response.body", "body": body})
            return
        headers = dict(scope.get("headers", ()))
        if b"x-die-at" in headers:
            self._failpoint.key = headers[b"idempotency-key"].decode()
            self._failpoint.armed = headers[b"x-die-at"].decode()

        async def watched(message: Message) -> None:
            self._failpoint.reach(ANSWER)
            await send(message)

        await self._app(scope, receive, watched)

    def _census(self) -> dict[str, int]:
        """Count what a stream or a request could leave behind, in all of the process."""
        gc.collect()
        kinds = Counter(type(one).__name__ for one in gc.get_objects())
        return {
            "tasks": len(asyncio.all_tasks()),
            "streams": kinds[EventStream.__name__],
            "logs": kinds["GrowingLog"],
            "generators": kinds["async_generator"],
            "slots": self._slots.taken,
            "watched": len(self._container.feed().watched()),
            "threads": threading.active_count(),
            "files": len([*Path("/proc/self/fd").iterdir()]),
        }


def shop_in(home: Path) -> Path:
    """Return where the repository lies that a home knows."""
    return home / "shop"


def play(how: Play) -> None:
    """Serve until somebody ends the process."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it does not outlive the tests
    how.home.mkdir(parents=True, exist_ok=True)
    os.dup2(os.open(how.home / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    profiles = how.home / "profiles"
    profiles.mkdir(exist_ok=True)
    (profiles / f"{PROFILE}.yaml").write_text(
        f"extends: dev\ndescription: Notes.\ntools: [{NoteDown.name}]\n"
    )
    settings = Settings(
        home=how.home,
        workers=how.workers,
        model_probe=False,
        log_level="warning",
        model="local:planner",
        rate_limit=0,
        streams_per_principal=CROWD,
        repositories={SHOP: str(shop_in(how.home))},
        git_allow_local=True,
    )
    container = open_container(settings, programs=[Telling()], tools=[NoteDown(how.home / "ledger")])
    failpoint = Failpoint()
    options = {} if how.busy_timeout is None else {"busy_timeout": how.busy_timeout}
    database = _Watched(how.home / "taskforce.db", failpoint, **options)
    container.database.override(providers.Object(database))
    asyncio.run(_hand_in(container, how.tells))
    app = create_app(container)
    drain = app.state.doors.drain
    app.add_middleware(_Backstage, failpoint, container, app.state.doors.slots)
    config = ServerConfig(
        app,
        http=PatientProtocol,
        ws="none",
        port=how.port,
        timeout_graceful_shutdown=GRACE,
        access_log=False,
        log_level="warning",
    )
    config.deadlines = Deadlines()
    Server(config, drain, on_open=lambda _: None).run()


async def _hand_in(container: Container, tells: tuple[JsonObject, ...]) -> None:
    desk = container.desk()
    for place, input in enumerate(tells):
        job = desk.new(Telling.kind, local_principal(), input, subject=f"tells/{place}", alone=False)
        await desk.accept(job)


async def _nothing() -> int:
    return 0
