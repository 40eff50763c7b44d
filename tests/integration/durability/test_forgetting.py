"""Requests under a key are forgotten once, however many processes do it."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql_requests import remember_request

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = 5_000, 100
DRIVER = Path(__file__).with_name("forgetting_driver.py")


def fill(connection: Connection) -> None:
    for number in range(OLD + NEW):
        key = RequestKey(
            project=DEFAULT_PROJECT, principal="local", use_case="missions.execute", key=str(number)
        )
        at = NOW - timedelta(hours=25 if number < OLD else 23)
        remember_request(connection, RememberRequest(request=key, fingerprint="", made="", at=at))


def left(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM idempotency")).scalar_one())


def begun(file: Path) -> "subprocess.Popen[str]":
    """Start a process that is ready to forget."""
    process = subprocess.Popen(
        [sys.executable, str(DRIVER), str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.durability
def test_three_processes_at_once_forget_what_is_old_and_each_request_once(tmp_path: Path) -> None:
    file = tmp_path / "taskforce.db"
    database = SqliteDatabase(file, synchronous="NORMAL")
    asyncio.run(database.write(fill))
    processes = [begun(file) for _ in range(3)]
    with ThreadPoolExecutor() as threads:
        counts = list(threads.map(lambda one: int(one.communicate("go\n", timeout=30)[0]), processes))
    assert sum(counts) == OLD
    assert asyncio.run(database.read(left)) == NEW
    database.close()
