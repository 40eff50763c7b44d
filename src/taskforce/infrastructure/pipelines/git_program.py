"""git, as a program that sees no settings but those that are said here, and asks nobody anything."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taskforce.core.pipelines.errors import GitMissing
from taskforce.infrastructure.pipelines.addresses import Address
from taskforce.infrastructure.processes.output import Output
from taskforce.infrastructure.processes.process import Order, clean_environment, run
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
    problem: str
    """The last of what it said on stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git in one folder after the other."""

    home: Path
    """What it has as home: empty, and ours."""

    async def ask(
        self, *words: str, folder: Path, seconds: float, address: Address | None = None, local: bool = False
    ) -> GitEnded:
        """Run git; with an address its credentials are said in the environment, which nobody else reads.

        Only with `local` may it read files and plain HTTP. Raises GitMissing.
        """
        said = {STDOUT: Output(_KEEP), STDERR: Output(_KEEP)}
        self.home.mkdir(parents=True, exist_ok=True)
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            ended = await run(
                Order(
                    argv=("git", "--no-pager", *words),
                    folder=place,
                    environment=self._environment(address, local=local),
                    seconds=seconds,
                    take=lambda stream, data: said[stream].take(data),
                )
            )
        finally:
            os.close(place)
        problem = said[STDERR].text().strip()
        if ended.verdict.exit_code == 127 and "cannot be started" in problem:  # noqa: PLR2004 - execvp's
            raise GitMissing
        if ended.timed_out:
            problem = f"it took longer than {seconds:g} s"
        return GitEnded(
            exit_code=None if ended.timed_out else ended.verdict.exit_code,
            text=said[STDOUT].text(),
            problem=problem.rpartition("\n")[2],
        )

    def _environment(self, address: Address | None, *, local: bool) -> dict[str, str]:
        config = {**_CONFIG, **(_LOCAL if local else {})}
        if address is not None and address.header is not None:
            config["http.extraHeader"] = address.header
        return {**clean_environment(self.home), **_ENVIRONMENT, **_as_variables(config)}


def _as_variables(config: Mapping[str, str]) -> dict[str, str]:
    """Return settings as git reads them from the environment (git-config, GIT_CONFIG_COUNT)."""
    said = {"GIT_CONFIG_COUNT": str(len(config))}
    for place, (name, value) in enumerate(config.items()):
        said |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": value}
    return said
