"""The tool git: chosen subcommands on the repository of the workspace.

Its risk is `execute`, for a repository's own settings may name programs; those that git lets us switch off
are off. It sees no settings but the repository's, no repository above the workspace, no network. Effect as
with shell: one that was under way when the process died is started again.
"""

import os
import re
import stat
from dataclasses import dataclass, field

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.tools import ModelledTool, Risk, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.missions.commands import answer
from taskforce.infrastructure.missions.jail import Jail
from taskforce.infrastructure.missions.process import LIMITS, Command, run
from taskforce.infrastructure.missions.sandbox import Bubblewrap, Walls
from taskforce.infrastructure.processes.process import ProcessLimits

_SECONDS = 60
_SUBCOMMANDS = (
    *("add", "blame", "branch", "checkout", "commit", "diff", "init", "log", "ls-files", "rev-parse"),
    *("shortlog", "show", "stash", "status", "switch", "tag"),
)
_REFUSED = (
    *("--config-env", "--exec-path", "--ext-diff", "--git-dir", "--receive-pack", "--textconv"),
    *("--upload-pack", "--work-tree"),
    *("--contents", "--exclude-from", "--file", "--ignore-revs-file", "--no-index", "--output"),
    *("--pathspec-from-file", "--separate-git-dir", "--template"),
)
"""Options that run programs or reach for files and folders outside; any beginning of one counts as it."""
_HARMLESS = ("-", "--exclude", "--text")
_READS_A_FILE = {
    "blame": re.compile(r"-S"),
    "commit": re.compile(r"-[^-mCcFt]*[Ft]"),
    "ls-files": re.compile(r"-[^-xX]*X"),
    "tag": re.compile(r"-[^-muF]*F"),
}
_TAKES_TEXT = re.compile(r"-[^-]*m|--message|--grep|--author|--format|--pretty|-S|-G")
_QUIET = ("diff", "log", "show")
_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.editor": "true",
    "core.pager": "cat",
    "core.sshCommand": "false",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "gpg.program": "false",
    "gpg.format": "openpgp",
    "credential.helper": "",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "init.defaultBranch": "main",
    "init.templateDir": "",
    "color.ui": "false",
    "advice.detachedHead": "false",
}
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "GIT_AUTHOR_NAME": "Taskforce",
    "GIT_AUTHOR_EMAIL": "taskforce@localhost",
    "GIT_COMMITTER_NAME": "Taskforce",
    "GIT_COMMITTER_EMAIL": "taskforce@localhost",
}


class RunGit(Frozen):
    """Arguments of `git`."""

    args: tuple[str, ...] = Field(
        min_length=1,
        max_length=200,
        description='The subcommand and its arguments, such as ["log", "--oneline", "-5"].',
    )


@dataclass(frozen=True, slots=True)
class Git(ModelledTool[RunGit]):
    """Runs git where nothing leads out of the workspace."""

    limits: ProcessLimits = LIMITS
    bubblewrap: Bubblewrap = field(default_factory=Bubblewrap)

    name = "git"
    description = f"Run git in the workspace: {', '.join(_SUBCOMMANDS)}. It has no network."
    risk = Risk.EXECUTE
    effect = ToolEffect.IDEMPOTENT
    parallel = False
    walled = True
    arguments = RunGit

    async def run(self, arguments: RunGit, context: ToolContext) -> ToolResult:
        subcommand, *rest = arguments.args
        _check_subcommand(subcommand)
        with Jail(context.workspace) as jail:
            _check_repository(jail)
            _check_arguments(subcommand, rest, jail)
        switches = [f"{name}={value}" for name, value in _CONFIG.items()]
        command = Command(
            argv=(
                *("git", "--no-pager"),
                *(part for switch in switches for part in ("-c", switch)),
                subcommand,
                *(("--no-ext-diff", "--no-textconv") if subcommand in _QUIET else ()),
                *rest,
            ),
            workspace=context.workspace,
            seconds=_SECONDS,
            environment={**_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(context.workspace.parent)},
            hint=context.hint,
            limits=self.limits,
            walls=Walls(
                bubblewrap=self.bubblewrap, sandbox=context.sandbox.model_copy(update={"network": False})
            ),
        )
        return answer(await run(command), seconds=_SECONDS)


def _check_subcommand(name: str) -> None:
    if name not in _SUBCOMMANDS:
        raise ToolFailed(f"git {name!r} is not offered. Begin with one of: {', '.join(_SUBCOMMANDS)}.")


def _check_repository(jail: Jail) -> None:
    """Refuse a `.git` that is a link or a file naming a folder elsewhere."""
    try:
        mode = os.stat(".git", dir_fd=jail.folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        raise ToolFailed("The workspace's .git is no folder, so the repository lies elsewhere. Use a clone.")


def _check_arguments(subcommand: str, arguments: list[str], jail: Jail) -> None:
    """Refuse options that run programs or reach out, and paths that lead out."""
    options, takes_text = True, False
    for argument in arguments:
        if takes_text:
            takes_text = False
            continue
        options = options and argument != "--"
        if options and argument.startswith("-"):
            _check_option(subcommand, argument)
            takes_text = bool(_TAKES_TEXT.fullmatch(argument))
        elif argument.startswith("/") or ".." in argument.split("/"):
            jail.mode(argument)


def _check_option(subcommand: str, argument: str) -> None:
    name = argument.partition("=")[0]
    begins = name not in _HARMLESS and any(option.startswith(name) for option in _REFUSED)
    reads = _READS_A_FILE.get(subcommand)
    if begins or (reads is not None and reads.match(argument)):
        raise ToolFailed(f"git {subcommand} {name} is not offered here. {_ADVICE.get(name, 'Leave it out.')}")


_ADVICE = {"-F": "Give the message with -m.", "--output": "Write the output with file_write."}
