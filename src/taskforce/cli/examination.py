"""What `taskforce doctor` looks at: settings, store, folders, programs, plugins, and what nothing limits."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from tempfile import NamedTemporaryFile

import typer
from pydantic import BaseModel

from taskforce import __version__
from taskforce.application.jobs.readiness import CheckView
from taskforce.application.jobs.schemas import ListJobs
from taskforce.application.missions.checking import ServerReport
from taskforce.cli import mistakes
from taskforce.cli.dependencies import Door, Opening, call, flags_of, settings_of
from taskforce.cli.errors import FAILED, told
from taskforce.cli.facts import model_of
from taskforce.cli.findings import Finding
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_json, print_table, write
from taskforce.cli.terminal import say
from taskforce.core.errors import TaskforceError
from taskforce.settings import Loaded

WELL = {
    "store": "answers",
    "migrations": "the schema is the one of this version",
    "queue": "answers",
    "artifacts": "can be written",
    "disk": "has room",
}
OLDEST_PYTHON = (3, 11)


class Setting(BaseModel):
    """A setting as it counts, and who set it."""

    name: str
    value: str
    origin: str


class Examination(BaseModel):
    """Everything that was looked at."""

    version: str
    settings: list[Setting]
    checks: list[Finding]


SETTINGS: Sequence[Column[Setting]] = (
    Column(head="SETTING", show=lambda setting: setting.name, whole=True),
    Column(head="VALUE", show=lambda setting: setting.value),
    Column(head="FROM", show=lambda setting: setting.origin, whole=True),
)
CHECKS: Sequence[Column[Finding]] = (
    Column(head="STATUS", show=lambda finding: finding.status, whole=True),
    Column(head="CHECK", show=lambda finding: finding.name, whole=True),
    Column(head="DETAIL", show=lambda finding: finding.detail, wraps=True),
)


def examine(ctx: typer.Context, *, host: str, port: int, as_json: bool) -> None:
    """Look at everything and print it; exit 1 when something is broken."""
    flags = flags_of(ctx)
    with told(as_json=as_json):
        loaded = settings_of(flags)
    findings = [
        *_folders(loaded),
        *mistakes.secrets(loaded.settings.home),
        *call(ctx, _checked, Opening(settings={"workers": 0})),
        *mistakes.network(loaded.settings, host=host, port=port),
        *mistakes.github(loaded.settings),
        *_programs(),
    ]
    examination = Examination(version=__version__, settings=_settings(loaded), checks=findings)
    if as_json:
        print_json(examination)
    else:
        _print(examination, flags)
    broken = [finding.name for finding in findings if finding.status == "broken"]
    if broken:
        say(f"Broken: {', '.join(broken)}.")
        raise typer.Exit(FAILED)


def _settings(loaded: Loaded) -> list[Setting]:
    return [
        Setting(name=name, value=_shown(getattr(loaded.settings, name)), origin=origin)
        for name, origin in loaded.origins.items()
    ]


def _shown(value: object) -> str:
    """Return a value as a setting is written: nothing for none, a list with commas."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _folders(loaded: Loaded) -> Iterator[Finding]:
    home = loaded.settings.home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=home):
            yield Finding(name="home", status="ok", detail=f"{home} can be written")
    except OSError as wrong:
        yield Finding(name="home", status="broken", detail=f"{home} cannot be written: {wrong.strerror}")


async def _checked(door: Door) -> list[Finding]:
    found = [_finding(check) for check in await door.readiness.check()]
    peers = [_finding(check) for check in await door.container.peers().check()]
    servers = [_server(report) for report in await door.container.server_checks().look()]
    rules = _rules(await door.container.log_rules().told())
    walls = [*peers, *rules, *_sandbox(door.container.bubblewrap().lack()), *_plugins(door), *servers]
    if any(finding.status == "broken" for finding in found):
        return [*found, *walls]
    jobs = _jobs(door, await door.worker.unattended())
    newest = await door.jobs.list(door.principal, ListJobs(limit=1))
    seen = mistakes.clock(next((job.created_at for job in newest.items), None), now=door.clock.now())
    return [*found, _locks(door), *seen, *jobs, await _model(door), *walls]


def _finding(check: CheckView) -> Finding:
    is_well = check.status == "ok"
    detail = check.detail or WELL.get(check.name, "answers")
    return Finding(name=check.name, status="ok" if is_well else "broken", detail=detail)


def _rules(lack: str | None) -> Iterator[Finding]:
    """Tell whether the bucket of artifacts removes logs by itself, where there is one."""
    if lack is not None:
        detail = f"{lack}: only a worker that runs removes logs" if lack else "the bucket removes logs itself"
        yield Finding(name="log_rules", status="warning" if lack else "ok", detail=detail)


async def _model(door: Door) -> Finding:
    """Tell which model missions run with that name none, and what settled it."""
    try:
        first, *_ = await door.missions.list_models(door.principal)
    except TaskforceError as wrong:
        return Finding(name="model", status="broken", detail=wrong.message)
    return Finding(name="model", status="ok", detail=model_of(first.name, first.default_by))


def _plugins(door: Door) -> Iterator[Finding]:
    """Tell what each plugin gives, or why it cannot be used."""
    container = door.container
    sources = (container.tools(), container.strategies(), container.programs(), container.actions())
    for report in (report for source in sources for report in source.plugged()):
        given = f"{report.title} gives {', '.join(report.gives) or 'nothing'}"
        detail = given if report.broken is None else report.broken.message
        yield Finding(name="plugin", status="broken" if report.broken else "ok", detail=detail)


def _server(report: ServerReport) -> Finding:
    """Tell what a server of tools gives, or why it gives nothing: only missions of its profiles need it."""
    if report.problem is None:
        gives = (
            f"{report.name} (of {', '.join(report.profiles)}) gives {', '.join(report.tools) or 'nothing'}"
        )
        return Finding(name="mcp_server", status="ok", detail=gives)
    problem = f"{report.problem} Profiles that name it: {', '.join(report.profiles)}."
    return Finding(name="mcp_server", status="warning", detail=problem)


def _jobs(door: Door, waiting: int) -> Iterator[Finding]:
    if waiting:
        detail = f"{waiting} due and played by nobody: {door.flags.command('worker', '--until-idle')}"
        yield Finding(name="jobs", status="warning", detail=detail)


def _locks(door: Door) -> Finding:
    """Let this process be known as alive, as every worker does."""
    try:
        door.worker.start()
    except OSError as wrong:
        return Finding(name="locks", status="broken", detail=f"files cannot be locked: {wrong.strerror}")
    return Finding(name="locks", status="ok", detail="a dead worker of this machine is noticed at once")


def _programs() -> Iterator[Finding]:
    version = platform.python_version()
    fits = sys.version_info >= OLDEST_PYTHON
    yield Finding(name="python", status="ok" if fits else "broken", detail=f"{version}, {sys.executable}")
    git = shutil.which("git")
    yield Finding(
        name="git", status="ok" if git else "warning", detail=git or "not found: the tool git fails"
    )


def _sandbox(lack: str | None) -> Iterator[Finding]:
    """Tell which limits of programs that missions start nothing holds; the launcher holds the others."""
    if lack is None:
        detail = "programs see their workspace and the system's folders, and have no network"
        yield Finding(name="sandbox", status="ok", detail=detail)
        return
    detail = f"{lack}: programs can use the network, and read whatever this user may read"
    yield Finding(name="sandbox", status="warning", detail=detail)
    if os.geteuid() == 0:
        detail = "this is root: in root's folders programs run as root, and one can end what watches it"
        yield Finding(name="user", status="warning", detail=detail)


def _print(examination: Examination, flags: Flags) -> None:
    print_table(examination.settings, SETTINGS, color=flags.color, now=None)
    write("")
    print_table(examination.checks, CHECKS, color=flags.color, now=None)
