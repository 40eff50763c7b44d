"""A client that hands in missions at a rate, whatever becomes of the server, and keeps a ledger of them.

Each mission has a key of its own. What is not answered is asked again under the same key until it is; the
ledger says which job each key was told. One in twenty answers is forgotten, and asked for again.
"""

import asyncio
import os
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx2
import yaml

from tests.integration.hold.backstage import PROFILE
from tests.integration.hold.served import Served

NOTES = 2
"""Calls of the tool in each mission."""
CLIENTS = 16
RETRY = (0.05, 0.3)
"""Seconds between which a client waits before it asks again."""
FORGETTING = 0.05


class Load:
    """Missions of one script for one server."""

    def __init__(self, server: Served, folder: Path, chance: random.Random) -> None:
        self._server = server
        self._chance = chance
        self._ledger = folder / "accepted"
        self._body = {"mission": "Note it down.", "profile": PROFILE, "model": f"script:{_script(folder)}"}
        self._limits = httpx2.Limits(max_connections=4 * CLIENTS)
        self.asked_again = 0
        self.wrong: list[str] = []

    async def capacity(self, seconds: float) -> float:
        """Return how many missions a second come to their end when each client waits for its own."""
        ended = 0
        until = time.monotonic() + seconds

        async def client(http: httpx2.AsyncClient) -> None:
            nonlocal ended
            while time.monotonic() < until:
                answer = await http.post("/api/v1/execute", json=self._body)
                assert answer.json()["status"] == "completed", answer.text
                ended += 1

        async with self._client() as http, asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(client(http))
        return ended / seconds

    async def hand_in(self, *, rate: float, seconds: float) -> None:
        """Hand in missions at a rate, and return when all are accepted."""
        begun = time.monotonic()
        async with self._client() as http:
            with self._ledger.open("a") as ledger:
                async with asyncio.TaskGroup() as missions:
                    for number in range(int(rate * seconds)):
                        await asyncio.sleep(begun + number / rate - time.monotonic())
                        missions.create_task(self._one(http, f"load-{number}", ledger.fileno()))

    def accepted(self) -> Mapping[str, str]:
        """Return the job of each key, as the ledger has it."""
        return dict(line.split() for line in self._ledger.read_text().splitlines())

    async def _one(self, http: httpx2.AsyncClient, key: str, ledger: int) -> None:
        job = await self._accepted(http, key)
        os.write(ledger, f"{key} {job}\n".encode())
        if self._chance.random() < FORGETTING:
            again = await self._accepted(http, key)
            if again != job:
                self.wrong.append(f"{key} was told {job}, then {again}")

    async def _accepted(self, http: httpx2.AsyncClient, key: str) -> str:
        headers = {"idempotency-key": key, "prefer": "respond-async"}
        while True:
            with suppress(httpx2.TransportError):
                answer = await http.post("/api/v1/execute", json=self._body, headers=headers)
                if answer.is_success:
                    told = answer.json()
                    return str(told["id"])
                if answer.status_code not in {429, 503}:
                    self.wrong.append(f"{key}: {answer.status_code} {answer.text}")
                    return ""
            self.asked_again += 1
            await asyncio.sleep(self._chance.uniform(*RETRY))

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self._server.url, limits=self._limits, timeout=60)


def _script(folder: Path) -> Path:
    file = folder / "script.yaml"
    call = {"tool": "note_down", "arguments": {"seconds": 0.005}}
    turns = [{"text": "I note it.", "calls": [call] * NOTES}, {"text": "It is noted."}]
    file.write_text(yaml.safe_dump({"turns": turns}))
    return file
