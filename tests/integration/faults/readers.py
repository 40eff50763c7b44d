"""A customer who reads what jobs left: each time whole, or with word on when to ask again."""

import asyncio
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import httpx2

from tests.integration.faults.cluster import Cluster
from tests.integration.faults.customers import LONGEST, Answered
from tests.integration.faults.ledger_plugin import RECEIPT

RATE = 4.0
"""Requests a second, whether the ones before are answered or not."""


@dataclass(slots=True)
class Reader:
    """Reads these artifacts in turn, beside whatever else happens."""

    cluster: Cluster
    artifacts: Sequence[str]
    answers: list[Answered] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._read()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        self._enough.set()
        self._thread.join(2 * LONGEST)
        assert not self._thread.is_alive(), "a reader waits for an answer"

    def odd(self) -> list[Answered]:
        """Return the answers that no outage excuses: not whole, no word on when, too late."""
        return [one for one in self.answers if not _is_fine(one)]

    async def _read(self) -> None:
        base = f"http://127.0.0.1:{self.cluster.api_port}"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=2 * LONGEST) as http,
            asyncio.TaskGroup() as asked,
        ):
            for artifact in itertools.cycle(self.artifacts):
                asked.create_task(self._one(http, artifact))
                if await asyncio.to_thread(self._enough.wait, 1 / RATE):
                    return

    async def _one(self, http: httpx2.AsyncClient, artifact: str) -> None:
        begun = time.monotonic()
        try:
            answer = await http.get(f"/api/v1/artifacts/{artifact}")
        except httpx2.TransportError as broken:
            told = Answered(key=artifact, status=0, seconds=time.monotonic() - begun, body=repr(broken))
        else:
            told = Answered(
                key=artifact,
                status=answer.status_code,
                retry_after=answer.headers.get("retry-after"),
                seconds=time.monotonic() - begun,
                body=answer.text,
            )
        self.answers.append(told)


def _is_fine(answer: Answered) -> bool:
    is_whole = answer.status == 200 and len(answer.body) == RECEIPT
    is_put_off = answer.status == 503 and int(answer.retry_after or 0) >= 1
    return (is_whole or is_put_off) and answer.seconds <= LONGEST
