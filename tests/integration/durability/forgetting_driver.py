"""Forgets old requests when it is told to go, and prints how many these were."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taskforce.application.jobs.forgetting import Forgetting
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog
from taskforce.infrastructure.system.clock import SetClock


def main() -> None:
    database = SqliteDatabase(Path(sys.argv[1]), synchronous="NORMAL")
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    forgetting = Forgetting(log=SqlRequestLog(database), clock=clock, kept=timedelta(hours=24))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(str(asyncio.run(forgetting.forget())))
    database.close()


if __name__ == "__main__":
    main()
