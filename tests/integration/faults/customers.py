"""A customer who hands in missions over HTTP, each under a key of its own, until each is accepted.

What was answered is kept: an accepted mission must never be lost, a refusal must say when to ask again.
"""

import asyncio
import json
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

from tests.integration.faults.cluster import PROFILE, Cluster
from tests.integration.faults.ledger_plugin import STEPS

LONGEST = 40.0
"""Seconds within which each request is answered, whatever is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer: a status, and how long it took; 0 when the connection broke before there was one."""

    key: str
    status: int
    retry_after: str | None = None
    seconds: float
    body: str = ""


@dataclass(slots=True)
class Customer:
    """Hands in so many missions, so many a second, beside whatever else happens."""

    cluster: Cluster
    count: int
    rate: float
    seed: int
    seconds: float = 0.0
    """How long each mission's model takes before it says anything."""
    name: str = "mission"
    """With which each of the keys begins."""
    answers: list[Answered] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    """The job of each key."""
    wrong: list[str] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hand_in()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()

    @property
    def is_over(self) -> bool:
        """Tell whether all is accepted."""
        return self._thread is not None and not self._thread.is_alive()

    def wait(self, seconds: float = 300) -> None:
        """Wait until all is accepted."""
        assert self._thread is not None
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"{len(self.accepted)} of {self.count} are accepted"

    def refusals(self) -> list[Answered]:
        """Return the answers that put the customer off."""
        return [one for one in self.answers if one.status >= 400]

    def odd(self) -> list[Answered]:
        """Return the answers that no outage excuses: an error of another kind, no word on when, too late."""
        return [
            one
            for one in self.answers
            if one.status not in {0, 202, 503}
            or (one.status == 503 and int(one.retry_after or 0) < 1)
            or one.seconds > LONGEST
        ]

    async def _hand_in(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - it is to be the same each time
        body = self._body()
        begun = time.monotonic()
        async with (
            httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{self.cluster.api_port}", timeout=2 * LONGEST
            ) as http,
            asyncio.TaskGroup() as missions,
        ):
            for number in range(self.count):
                await asyncio.sleep(begun + number / self.rate - time.monotonic())
                missions.create_task(self._one(http, f"{self.name}-{number}", body, chance))

    def _body(self) -> dict[str, str]:
        work = self.cluster.folder / "work"
        work.mkdir(exist_ok=True)
        call = {"tool": "enter", "arguments": {"ledger": str(self.cluster.ledger)}}
        first = {"text": "I enter.", "calls": [call] * STEPS, "delay": self.seconds}
        script = _written(work / "script.yaml", {"turns": [first, {"text": "Entered."}]})
        mission = {"mission": "Enter it.", "profile": PROFILE, "model": f"script:{script}"}
        return {**mission, "workspace": str(work)}

    async def _one(
        self, http: httpx2.AsyncClient, key: str, body: dict[str, str], chance: random.Random
    ) -> None:
        while True:
            answer = await self._answered(http, key, body)
            self.answers.append(answer)
            if answer.status == 202:
                job = str(json.loads(answer.body)["id"])
                if self.accepted.setdefault(key, job) != job:
                    self.wrong.append(f"{key} was told {self.accepted[key]}, then {job}")
                if chance.random() < 0.9:
                    return
            await asyncio.sleep(chance.uniform(0.05, 0.3))

    async def _answered(self, http: httpx2.AsyncClient, key: str, body: dict[str, str]) -> Answered:
        begun = time.monotonic()
        headers = {"idempotency-key": key, "prefer": "respond-async"}
        try:
            answer = await http.post("/api/v1/execute", json=body, headers=headers)
        except httpx2.TransportError:
            return Answered(key=key, status=0, seconds=time.monotonic() - begun)
        return Answered(
            key=key,
            status=answer.status_code,
            retry_after=answer.headers.get("retry-after"),
            seconds=time.monotonic() - begun,
            body=answer.text,
        )


def _written(file: Path, document: object) -> Path:
    file.write_text(json.dumps(document), encoding="utf-8")
    return file
