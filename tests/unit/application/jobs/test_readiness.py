"""Readiness: every check at once, each within its time, and what failed by name."""

import asyncio
import time

from taskforce.application.jobs import readiness
from taskforce.application.jobs.readiness import CheckView, Readiness
from taskforce.core.errors import Unavailable


async def well() -> None:
    """All is well."""


async def down() -> None:
    raise Unavailable("The disk is full.")


async def broken() -> None:
    raise RuntimeError("secret")


async def silent() -> None:
    await asyncio.Event().wait()


async def test_each_check_is_told_by_its_name() -> None:
    begun = time.monotonic()
    checks = await Readiness({"a": well, "b": down, "c": broken, "d": silent, "e": silent}).check()
    assert checks == [
        CheckView(name="a", status="ok"),
        CheckView(name="b", status="failed", detail="The disk is full."),
        CheckView(name="c", status="failed", detail="an unexpected error; the log has it"),
        CheckView(name="d", status="failed", detail="no answer within 2 s"),
        CheckView(name="e", status="failed", detail="no answer within 2 s"),
    ]
    assert time.monotonic() - begun < readiness.PATIENCE + 1
