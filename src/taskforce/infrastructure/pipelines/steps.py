"""The programs of steps: each in a group of its own and a clean environment, with its log in a file."""

import asyncio
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path, PurePosixPath

from taskforce.core.pipelines.config import spelled
from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.ports import StepCommand, StepEnded, StepOutput, StepRunner
from taskforce.infrastructure.pipelines.step_log import StepLog
from taskforce.infrastructure.processes.process import Ended, Order, clean_environment, run

GRACE = 10.0
"""Seconds that a step has after SIGTERM."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class ProcessStepRunner(StepRunner):
    async def run(self, command: StepCommand, *, on_output: StepOutput) -> StepEnded:
        mask = Mask(command.secrets, others=command.hidden)
        try:
            environment = await _environment(command)
            with _opened(command) as folder:
                log = StepLog(command.log, mask=mask, on_output=on_output)
                order = Order(
                    argv=command.argv,
                    folder=folder,
                    environment=environment,
                    seconds=command.timeout.total_seconds(),
                    take=log.take,
                    merged=True,
                    grace=GRACE,
                )
                try:
                    ended = await run(order)
                finally:
                    log.close()
        except (OSError, ValueError) as wrong:
            told = f"{command.argv[0]} could not be started in {command.folder}: {wrong}"
            return StepEnded(exit_code=None, error=mask.text(told), is_silent=not command.log.exists())
        return StepEnded(
            exit_code=None if ended.timed_out else ended.verdict.exit_code,
            error=_problem(ended, command.timeout) or log.problem,
            is_silent=not command.log.exists(),
        )


async def _environment(command: StepCommand) -> dict[str, str]:
    """Return what the program has as environment, and see that the folders are there that it names."""
    scratch = command.tree.scratch
    home, temporary = scratch / "home", scratch / "tmp"
    folders = (home, temporary, command.log.parent)
    if not all(folder.is_dir() for folder in folders):  # before most steps all are
        await asyncio.to_thread(_made, folders)
    return {
        **clean_environment(home),
        "TMPDIR": str(temporary),
        "CI": "true",
        **command.env,
        **command.secrets,
    }


def _made(folders: Iterable[Path]) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _opened(command: StepCommand) -> Iterator[int]:
    """Open the folder that it works in, part by part: no link on the way leads out of the tree."""
    folder = os.open(command.tree.tree, _FOLDER)
    try:
        for part in PurePosixPath(command.folder).parts:
            if part == ".." or part.startswith("/"):
                raise ValueError("it lies outside of the tree")
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _problem(ended: Ended, timeout: timedelta) -> str:
    """Return what was wrong with a program's end, "" if nothing."""
    verdict = ended.verdict
    if ended.timed_out:
        return f"It took longer than the {spelled(timeout)} that it may, and was stopped."
    if verdict.signal is not None:
        return f"It was ended by {signal.Signals(verdict.signal).name}."
    return f"It ended with exit code {verdict.exit_code}." if verdict.exit_code else ""
