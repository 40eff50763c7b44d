"""Random programs as data, the program that plays them, and the interpreter that foretells them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import ClassVar, Literal, Protocol
from zlib import crc32

from pydantic import BaseModel, ConfigDict, JsonValue

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import ANSWER, SignalName
from taskforce.core.jobs.steps import Effect

KIND = "planned"
BROKEN = -1
"""What a failure that is caught is worth."""
MANY = 1_000

Word = Literal["step", "wait", "sleep", "child", "gather", "emit", "save", "fail"]


class Node(BaseModel):
    """One thing that a program does, under a key of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Word
    key: str
    seconds: float = 0.0
    """How long a step takes, or a sleep."""
    failures: int = 0
    """So many of the first tries fail."""
    attempts: int = 1
    pause: float = 0.1
    """Before the first retry."""
    within: float | None = None
    """So long is waited for an answer; the program goes on in the same way without one."""
    effect: Effect = Effect.IDEMPOTENT
    is_caught: bool = True
    """Whether the program goes on after a failure."""
    limit: int = 4
    parts: tuple[tuple["Node", ...], ...] = ()
    """A child's plan; the branches of a gather."""


Plan = tuple[Node, ...]


def plan_of(job: Job) -> Plan:
    return tuple(Node.model_validate(node) for node in _listed(job.input["plan"]))


def input_of(plan: Plan) -> JsonObject:
    return {"plan": [node.model_dump(mode="json") for node in plan]}


def worth(key: str) -> int:
    """Return what a step of this key brings, or an answer to it: the same for whoever asks."""
    return crc32(key.encode()) % 1_000


# ---------------------------------------------------------------- how it is played


class Surroundings(Protocol):
    """The world outside, where effects happen."""

    async def effect(self, job: Job, node: Node) -> int:
        """Do what a step does; raise when this try is one of those that fail."""
        ...

    def reported(self, job: Job, key: str, *, is_done: bool) -> None:
        """Note that the program was told what came of a step: it may not be begun again."""
        ...

    def heard(self, job: Job, key: str, name: SignalName) -> None:
        """Note which word the program was told: it is told no other later."""
        ...


class Planned(Program):
    """Plays a plan."""

    kind: ClassVar[str] = KIND

    def __init__(self, world: Surroundings) -> None:
        self._world = world

    def opening(self, job: Job) -> Event:
        return Event(type="started")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return {"values": await self._play_all(plan_of(job), job, ctx)}

    async def _play_all(self, plan: Plan, job: Job, ctx: JobContext) -> list[JsonValue]:
        return [await self._play_one(node, job, ctx) for node in plan]

    async def _play_one(self, node: Node, job: Job, ctx: JobContext) -> JsonValue:
        play: Callable[[Node, Job, JobContext], Awaitable[JsonValue]] = getattr(self, f"_{node.do}")
        try:
            value = await play(node, job, ctx)
        except StepFailed:
            self._world.reported(job, node.key, is_done=False)
            if not node.is_caught:
                raise
            return BROKEN
        self._world.reported(job, node.key, is_done=True)
        return value

    async def _step(self, node: Node, job: Job, ctx: JobContext) -> JsonValue:
        return await ctx.step(
            node.key,
            partial(self._world.effect, job, node),
            type=int,
            retry=RetryPolicy(attempts=node.attempts, first=timedelta(seconds=node.pause)),
            effect=node.effect,
        )

    async def _wait(self, node: Node, job: Job, ctx: JobContext) -> JsonValue:
        if node.within is None:
            return (await ctx.wait_for(node.key, ANSWER)).payload["value"]
        until = ctx.now(f"{node.key}/now") + timedelta(seconds=node.within)
        self._world.heard(job, node.key, (await ctx.wait_for(node.key, ANSWER, until=until)).name)
        return worth(node.key)

    async def _sleep(self, node: Node, _: Job, ctx: JobContext) -> JsonValue:
        await ctx.sleep(node.key, ctx.now(f"{node.key}/now") + timedelta(seconds=node.seconds))
        return 0

    async def _child(self, node: Node, _: Job, ctx: JobContext) -> JsonValue:
        return (await ctx.child(node.key, KIND, input_of(node.parts[0])))["values"]

    async def _gather(self, node: Node, job: Job, ctx: JobContext) -> JsonValue:
        branches = {
            str(place): partial(self._play_all, part, job, ctx) for place, part in enumerate(node.parts)
        }
        return list((await ctx.gather(branches, limit=node.limit)).values())

    async def _emit(self, node: Node, _: Job, ctx: JobContext) -> JsonValue:
        await ctx.emit(node.key, Event(type="told", message=node.key))
        return 0

    async def _save(self, node: Node, _: Job, ctx: JobContext) -> JsonValue:
        ref = await ctx.save(f"{node.key}.txt", node.key.encode(), kind="note", media_type="text/plain")
        return (await ctx.load(ref)).decode()

    async def _fail(self, node: Node, _: Job, __: JobContext) -> JsonValue:
        raise JobFailed("as_planned", f"{node.key} says so.")


# ---------------------------------------------------------------- what must come of it


@dataclass(slots=True)
class Expected:
    """What a plan comes to when nothing disturbs it; disturbed, it must come to the same."""

    status: JobStatus = JobStatus.SUCCEEDED
    code: str | None = None
    result: JsonObject | None = None
    steps: dict[str, int] = field(default_factory=dict)
    """The recorded steps with their outputs; BROKEN is a failure."""
    events: set[str] = field(default_factory=set)
    waits: set[str] = field(default_factory=set)
    artifacts: set[str] = field(default_factory=set)


class _Ended(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def expected(plan: Plan) -> Expected:
    """Interpret a plan."""
    found = Expected()
    try:
        found.result = {"values": _all(plan, found)}
    except _Ended as ended:
        found.status, found.code = JobStatus.FAILED, ended.code
    return found


def _all(plan: Plan, found: Expected) -> list[JsonValue]:
    return [_one(node, found) for node in plan]


def _one(node: Node, found: Expected) -> JsonValue:  # noqa: C901, PLR0911 - a word each
    match node.do:
        case "step":
            fails = node.failures >= node.attempts
            found.steps[node.key] = BROKEN if fails else worth(node.key)
            if fails and not node.is_caught:
                raise _Ended("step_failed")
            return found.steps[node.key]
        case "wait":
            found.waits.add(node.key)
            return worth(node.key)
        case "sleep":
            found.waits.add(node.key)
            return 0
        case "child":
            found.waits.add(node.key)
            below = expected(node.parts[0])
            if below.code is None and below.result is not None:
                return below.result["values"]
            if not node.is_caught:
                raise _Ended(below.code or "")
            return BROKEN
        case "gather":
            return [_all(part, found) for part in node.parts]
        case "emit":
            found.events.add(node.key)
            return 0
        case "save":
            found.artifacts.add(f"{node.key}.txt")
            return node.key
        case "fail":
            raise _Ended("as_planned")


# ---------------------------------------------------------------- where it comes from


def random_plan(chance: Random, *, depth: int = 2) -> Plan:
    """Return a program of a few nodes. In a gather each failure is caught: which comes first is chance."""
    plan = _nodes(chance, "n", depth=depth, most=5, is_caught=False)
    if chance.random() < 0.08:
        return (*plan, Node(do="fail", key="end"))
    return plan


def _nodes(chance: Random, prefix: str, *, depth: int, most: int, is_caught: bool) -> Plan:
    count = chance.randint(1, most)
    return tuple(
        _node(chance, f"{prefix}{place}", depth=depth, is_caught=is_caught) for place in range(count)
    )


def _node(chance: Random, key: str, *, depth: int, is_caught: bool) -> Node:
    words: tuple[Word, ...] = ("step",) * 6 + ("wait", "sleep", "emit", "emit", "save")
    if depth:
        words = (*words, "child", "gather", "gather")
    caught = is_caught or chance.random() < 0.7
    match word := chance.choice(words):
        case "step":
            return _step(chance, key, caught=caught)
        case "sleep":
            return Node(do="sleep", key=key, seconds=chance.uniform(0, 4))
        case "wait":
            return Node(do="wait", key=key, within=chance.choice([None, chance.uniform(0, 2)]))
        case "child":
            below = random_plan(chance, depth=depth - 1)
            return Node(do="child", key=key, parts=(below,), is_caught=caught)
        case "gather":
            parts = tuple(
                _nodes(chance, f"{key}/{place}/n", depth=depth - 1, most=3, is_caught=True)
                for place in range(chance.randint(1, 4))
            )
            return Node(do="gather", key=key, parts=parts, limit=chance.randint(1, 4))
        case _:
            return Node(do=word, key=key)


def _step(chance: Random, key: str, *, caught: bool) -> Node:
    failures = chance.choice([0, 0, 0, 0, 1, 2])
    attempts = chance.randint(1, 3)
    effect = Effect.ONCE if chance.random() < 0.25 else Effect.IDEMPOTENT
    if effect is Effect.ONCE and failures < attempts:
        attempts = MANY  # a try that dies is one of the tries, and how many die is chance
    return Node(
        do="step",
        key=key,
        seconds=chance.choice([0.0, 0.0, 0.2, 1.5, 4.0]),
        failures=failures,
        attempts=attempts,
        pause=chance.choice([0.1, 0.5, 1.5]),
        effect=effect,
        is_caught=caught,
    )


def _listed(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)
    return value
