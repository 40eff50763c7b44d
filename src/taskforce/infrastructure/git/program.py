"""git, as a program that sees no settings but those that are said here, and asks nobody anything."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from taskforce.core.git import GitMissing
from taskforce.infrastructure.git.addresses import Address
from taskforce.infrastructure.processes.output import Output
from taskforce.infrastructure.processes.process import Ended, Order, ProcessLimits, clean_environment, run
from taskforce.infrastructure.processes.streams import STDERR, STDOUT

_KEEP = 1024 * 1024
_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.sshCommand": "ssh -oBatchMode=yes -oConnectTimeout=10",
    "credential.helper": "",
    "init.defaultBranch": "main",
    "init.templateDir": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "advice.detachedHead": "false",
    "http.followRedirects": "initial",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
    "safe.directory": "*",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
}
_LOCAL = {"protocol.file.allow": "always", "protocol.http.allow": "always"}
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GitEnded:
    """How git ended, and what it said."""

    exit_code: int | None
    text: str
    complaint: str
    """What it said on stderr."""

    @property
    def problem(self) -> str:
        """Return the last line of its complaint; progress goes before it on the same one."""
        return self.complaint.replace("\r", "\n").rpartition("\n")[2]


class Reading:
    """What becomes of git's output as it comes: here it is kept, from both ends."""

    def __init__(self) -> None:
        self.has_enough = asyncio.Event()
        """Set, it ends git: nobody wants the rest."""
        self._said = Output(_KEEP)

    def take(self, data: bytes) -> None:
        """Take what git printed."""
        self._said.take(data)

    def hear(self, data: bytes) -> None:
        """Take what git said on stderr, which is kept elsewhere."""

    def text(self) -> str:
        """Return what was printed, as far as it was kept."""
        return self._said.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git in one folder after the other."""

    home: Path
    """What it has as home: empty, and ours."""
    limits: ProcessLimits | None = None
    config: Mapping[str, str] | None = None
    """Settings over those that are said here."""

    async def ask(
        self, *words: str, folder: Path, seconds: float, address: Address | None = None, local: bool = False
    ) -> GitEnded:
        """Run git; with an address its credentials are said in the environment, which nobody else reads.

        Only with `local` may it read files and plain HTTP. Raises GitMissing.
        """
        config = {**(_LOCAL if local else {}), **_said_to(address)}
        return await self.read(*words, folder=folder, seconds=seconds, config=config, reading=Reading())

    async def read(
        self,
        *words: str,
        folder: Path,
        seconds: float,
        reading: Reading,
        config: Mapping[str, str] | None = None,
        stdin: AsyncGenerator[bytes, None] | None = None,
    ) -> GitEnded:
        """Run git with more settings, and give what it prints to who reads it. Raises GitMissing."""
        said = Output(_KEEP)

        def take(stream: int, data: bytes) -> None:
            if stream == STDOUT:
                reading.take(data)
            elif stream == STDERR:
                said.take(data)
                reading.hear(data)

        self.home.mkdir(parents=True, exist_ok=True)
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            ended = await _until_enough(
                Order(
                    argv=("git", "--no-pager", *words),
                    folder=place,
                    environment=self._environment(config or {}),
                    seconds=seconds,
                    take=take,
                    stdin=stdin,
                    limits=self.limits,
                ),
                reading.has_enough,
            )
        finally:
            os.close(place)
        return _told(ended, reading.text(), said.text().strip(), seconds=seconds)

    def _environment(self, config: Mapping[str, str]) -> dict[str, str]:
        said = {**_CONFIG, **(self.config or {}), **config}
        return {**clean_environment(self.home), **_ENVIRONMENT, **_as_variables(said)}


async def _until_enough(order: Order, has_enough: asyncio.Event) -> Ended | None:
    """Run a program to its end, or end it when there is enough; then None is returned."""
    running = asyncio.ensure_future(run(order))
    waiting = asyncio.ensure_future(has_enough.wait())
    try:
        await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
        return await running if running.done() else None
    finally:
        waiting.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _told(ended: Ended | None, text: str, complaint: str, *, seconds: float) -> GitEnded:
    if ended is None:
        return GitEnded(exit_code=None, text=text, complaint=complaint)
    exit_code = None if ended.timed_out else ended.verdict.exit_code
    if exit_code == 127 and "cannot be started" in complaint:  # noqa: PLR2004 - execvp's
        raise GitMissing
    if ended.timed_out:
        complaint = f"it took longer than {seconds:g} s"
    return GitEnded(exit_code=exit_code, text=text, complaint=complaint)


def _said_to(address: Address | None) -> dict[str, str]:
    return {} if address is None or address.header is None else {"http.extraHeader": address.header}


def _as_variables(config: Mapping[str, str]) -> dict[str, str]:
    """Return settings as git reads them from the environment (git-config, GIT_CONFIG_COUNT)."""
    said = {"GIT_CONFIG_COUNT": str(len(config))}
    for place, (name, value) in enumerate(config.items()):
        said |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": value}
    return said
