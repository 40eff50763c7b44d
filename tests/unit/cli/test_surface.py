"""The command line has a command for every use case, a flag for every field, and the use case's own words."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer.testing
from pydantic import BaseModel

from taskforce.application.access import schemas as access
from taskforce.application.access.keys import KeyService
from taskforce.application.access.members import MemberService
from taskforce.application.access.projects import ProjectService
from taskforce.application.jobs import schemas as jobs
from taskforce.application.jobs.prune_schemas import PruneJobs
from taskforce.application.jobs.service import JobService
from taskforce.application.marketplace import import_schemas
from taskforce.application.marketplace import schemas as marketplace
from taskforce.application.marketplace.artifacts import SourceArtifactService
from taskforce.application.marketplace.collection import CollectionService
from taskforce.application.marketplace.scans import ScanService
from taskforce.application.marketplace.service import SourceService
from taskforce.application.missions import schemas as missions
from taskforce.application.missions import session_schemas
from taskforce.application.missions.replay_schemas import ReplaySession
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.pipelines import approval_schemas, deployment_schemas, release_schemas
from taskforce.application.pipelines import schemas as pipelines
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.service import RunService
from taskforce.application.scenarios import schemas as scenarios
from taskforce.application.scenarios.debriefs import DebriefService
from taskforce.application.scenarios.experiments import ExperimentService
from taskforce.application.scenarios.import_schemas import ImportPlant
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.application.scenarios.service import ScenarioRunService
from taskforce.application.videos import schemas as videos
from taskforce.application.videos.files import VideoFileService
from taskforce.application.videos.forks import VideoForkService
from taskforce.application.videos.service import VideoService
from taskforce.application.webhooks import schemas as webhooks
from taskforce.application.webhooks.service import WebhookService
from taskforce.cli.app import COMMANDS, app, hoisted, loaded
from taskforce.core.scenarios.scenario import ScenarioConfig

# the command | its use case | what it asks
USE_CASES: dict[tuple[str, ...], tuple[Callable[..., Any], type[BaseModel] | None]] = {
    ("run", "mission"): (MissionService.execute, missions.ExecuteMission),
    ("run", "pipeline"): (RunService.create, pipelines.CreateRun),
    ("tools", "list"): (MissionService.list_tools, None),
    ("skills", "list"): (MissionService.list_skills, None),
    ("profiles", "list"): (MissionService.list_profiles, None),
    ("models", "list"): (MissionService.list_models, None),
    ("sessions", "list"): (SessionService.list, missions.ListSessions),
    ("sessions", "show"): (SessionService.get, missions.GetSession),
    ("sessions", "messages"): (SessionService.messages, missions.ListMessages),
    ("sessions", "create"): (SessionService.create, missions.CreateSession),
    ("sessions", "fork"): (SessionService.fork, session_schemas.ForkSession),
    ("sessions", "delete"): (SessionService.delete, session_schemas.DeleteSession),
    ("sessions", "respond"): (SessionService.respond, missions.RespondSession),
    ("sessions", "resume"): (SessionService.resume, missions.ResumeSession),
    ("sessions", "replay"): (SessionService.replay, ReplaySession),
    ("sessions", "cancel"): (SessionService.cancel, missions.CancelSession),
    ("webhooks", "create"): (WebhookService.create, webhooks.CreateWebhook),
    ("webhooks", "list"): (WebhookService.list, webhooks.ListWebhooks),
    ("webhooks", "show"): (WebhookService.get, webhooks.GetWebhook),
    ("webhooks", "update"): (WebhookService.update, webhooks.UpdateWebhook),
    ("webhooks", "delete"): (WebhookService.delete, webhooks.DeleteWebhook),
    ("webhooks", "rotate"): (WebhookService.rotate, webhooks.RotateWebhook),
    ("webhooks", "ping"): (WebhookService.ping, webhooks.PingWebhook),
    ("webhooks", "deliveries"): (WebhookService.deliveries, webhooks.ListDeliveries),
    ("webhooks", "replay"): (WebhookService.replay, webhooks.ReplayWebhook),
    ("jobs", "list"): (JobService.list, jobs.ListJobs),
    ("jobs", "show"): (JobService.get, jobs.GetJob),
    ("jobs", "watch"): (JobService.watch, jobs.WatchJob),
    ("jobs", "cancel"): (JobService.cancel, jobs.CancelJob),
    ("jobs", "retry"): (JobService.retry, jobs.RetryJob),
    ("jobs", "prune"): (JobService.prune, PruneJobs),
    ("jobs", "artifacts"): (JobService.artifacts, jobs.GetJob),
    ("jobs", "artifact"): (JobService.artifact, jobs.GetArtifact),
    ("pipelines", "list"): (RunService.list, pipelines.ListRuns),
    ("pipelines", "show"): (RunService.get, pipelines.GetRun),
    ("pipelines", "logs"): (RunService.logs, pipelines.GetRunLog),
    ("pipelines", "cancel"): (RunService.cancel, pipelines.CancelRun),
    ("pipelines", "rerun"): (RunService.rerun, pipelines.RerunRun),
    ("releases", "create"): (ReleaseService.create, release_schemas.CreateRelease),
    ("releases", "list"): (ReleaseService.list, release_schemas.ListReleases),
    ("releases", "show"): (ReleaseService.get, release_schemas.GetRelease),
    ("releases", "alias"): (ReleaseService.alias, release_schemas.AliasRelease),
    ("releases", "unalias"): (ReleaseService.unalias, release_schemas.UnaliasRelease),
    ("deployments", "create"): (DeploymentService.create, deployment_schemas.CreateDeployment),
    ("deployments", "show"): (DeploymentService.current, deployment_schemas.GetCurrentDeployment),
    ("deployments", "history"): (DeploymentService.history, deployment_schemas.ListDeployments),
    ("approvals", "create"): (ApprovalService.create, approval_schemas.CreateApproval),
    ("approvals", "show"): (ApprovalService.get, approval_schemas.GetApproval),
    ("approvals", "revoke"): (ApprovalService.revoke, approval_schemas.RevokeApproval),
    ("scenarios", "import"): (ScenarioImportService.commit, ImportPlant),
    ("scenarios", "check"): (ScenarioImportService.validate, ImportPlant),
    ("run", "scenario"): (ScenarioRunService.create, scenarios.StartRun),
    ("scenarios", "runs"): (ScenarioRunService.list, scenarios.ListScenarioRuns),
    ("scenarios", "show"): (ScenarioRunService.get, scenarios.GetScenarioRun),
    ("scenarios", "results"): (ScenarioRunService.results, scenarios.GetScenarioRun),
    ("scenarios", "cancel"): (ScenarioRunService.cancel, scenarios.GetScenarioRun),
    ("scenarios", "experiments", "create"): (ExperimentService.create, scenarios.StartExperiment),
    ("scenarios", "experiments", "show"): (ExperimentService.get, scenarios.GetExperiment),
    ("scenarios", "experiments", "cancel"): (ExperimentService.cancel, scenarios.GetExperiment),
    ("scenarios", "debrief"): (DebriefService.create, scenarios.WriteDebrief),
    ("run", "scan"): (ScanService.create, marketplace.StartScan),
    ("marketplace", "sources", "add"): (SourceService.create, marketplace.CreateSource),
    ("marketplace", "sources", "list"): (SourceService.list, marketplace.ListSources),
    ("marketplace", "sources", "show"): (SourceService.get, marketplace.GetSource),
    ("marketplace", "sources", "update"): (SourceService.update, marketplace.UpdateSource),
    ("marketplace", "sources", "remove"): (SourceService.delete, marketplace.DeleteSource),
    ("marketplace", "sources", "rescan"): (SourceService.rescan, marketplace.RescanSource),
    ("marketplace", "audit"): (SourceService.audit, marketplace.ListAudit),
    ("marketplace", "artifacts"): (SourceArtifactService.list, marketplace.ListArtifacts),
    ("marketplace", "show"): (SourceArtifactService.get, marketplace.GetSourceArtifact),
    ("marketplace", "files"): (SourceArtifactService.files, marketplace.GetSourceArtifact),
    ("marketplace", "read"): (SourceArtifactService.read, marketplace.ReadSourceArtifact),
    ("marketplace", "include"): (SourceArtifactService.update, marketplace.UpdateSourceArtifact),
    ("marketplace", "import"): (CollectionService.take, import_schemas.ImportArtifacts),
    ("marketplace", "collection", "list"): (CollectionService.list, import_schemas.ListCollection),
    ("marketplace", "collection", "show"): (CollectionService.get, import_schemas.GetItem),
    ("marketplace", "collection", "remove"): (CollectionService.delete, import_schemas.DeleteItem),
    ("marketplace", "verify"): (CollectionService.verify, import_schemas.VerifyCollection),
    ("run", "video"): (VideoService.generate, videos.GenerateVideo),
    ("videos", "list"): (VideoService.list, videos.ListVideos),
    ("videos", "show"): (VideoService.get, videos.GetVideo),
    ("videos", "status"): (VideoService.status, videos.GetVideo),
    ("videos", "resume"): (VideoService.resume, videos.ResumeVideo),
    ("videos", "stop"): (VideoService.stop, videos.GetVideo),
    ("videos", "rename"): (VideoService.rename, videos.RenameVideo),
    ("videos", "delete"): (VideoService.delete, videos.GetVideo),
    ("videos", "fork"): (VideoForkService.create, videos.ForkVideo),
    ("videos", "download"): (VideoFileService.download, videos.GetVideo),
    ("videos", "picture"): (VideoFileService.picture, videos.GetSceneMedia),
    ("videos", "clip"): (VideoFileService.clip, videos.GetSceneClip),
    ("keys", "create"): (KeyService.create, access.CreateKey),
    ("keys", "list"): (KeyService.list, access.ListKeys),
    ("keys", "revoke"): (KeyService.revoke, access.RevokeKey),
    ("projects", "create"): (ProjectService.create, access.CreateProject),
    ("projects", "list"): (ProjectService.list, access.ListProjects),
    ("projects", "show"): (ProjectService.get, access.GetProject),
    ("members", "list"): (MemberService.list, access.ListMembers),
    ("members", "set"): (MemberService.set, access.SetMember),
    ("members", "remove"): (MemberService.remove, access.RemoveMember),
}
NO_USE_CASE = {"serve", "mcp", "worker", "doctor", "version"}
BACK: dict[tuple[str, ...], tuple[str, ...]] = {("marketplace", "exclude"): ("marketplace", "include")}
"""Commands of a use case that another one stands for: what the one does, the other takes back."""
SHORT = {"prune": ("jobs", "prune")}
"""Other names of commands, for what is typed often."""
LIMITS = {"max_steps", "max_tokens", "max_cost", "max_seconds"}
OTHER_NAMES = {"limits": LIMITS, "params": {"param"}}
AS_FILES = {name: {"plant"} for name in ImportPlant.model_fields} | {"project_id": set()}
"""Tables come as files of a folder, for the project that the global flag names."""
FIELDS = set(ScenarioConfig.model_fields)
OF_THE_PROJECT: dict[str, set[str]] = {"project_id": set()}
"""The project is what the global flag names."""
MODELS: dict[str, set[str]] = {"models": {"script", "frames", "clips"}}
OTHER_NAMES_OF: dict[tuple[str, ...], dict[str, set[str]]] = {
    ("scenarios", "import"): AS_FILES,
    ("scenarios", "check"): AS_FILES,
    ("run", "scenario"): OF_THE_PROJECT | {"scenario": FIELDS},
    ("scenarios", "experiments", "create"): (
        OF_THE_PROJECT | {"base": FIELDS - {"name", "seed"}, "sweeps": {"sweep"}}
    ),
    **{
        ("scenarios", *words): OF_THE_PROJECT
        for words in (
            ("runs",),
            ("show",),
            ("results",),
            ("cancel",),
            ("debrief",),
            ("experiments", "show"),
            ("experiments", "cancel"),
        )
    },
    ("run", "video"): MODELS,
    ("videos", "fork"): MODELS
    | {"scenes": {"edit"}, "delete_scenes": {"delete"}, "clear_keyframes": {"clear"}},
    ("run", "mission"): {"session_id": {"session"}},
    ("marketplace", "include"): {"excluded": set()},
    ("marketplace", "import"): {"entry_id": {"entry_ids"}},
    ("run", "pipeline"): {"branch": {"ref"}, "commit_sha": {"ref"}},
}


def command_of(words: tuple[str, ...]) -> Any:  # noqa: ANN401 - Typer keeps its types private
    found: Any = loaded(words[0])
    for word in words[1:]:
        found = found.commands[word]
    return found


def shown(words: list[str]) -> str:
    ran = typer.testing.CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert ran.exit_code == 0, ran.output
    return ran.output


def commands() -> set[tuple[str, ...]]:
    groups = COMMANDS.keys() - NO_USE_CASE - SHORT.keys()
    return {words for name in groups for words in below((name,), loaded(name))}


def below(words: tuple[str, ...], found: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - the same
    """Yield each command of a group and of the groups in it."""
    for name, command in getattr(found, "commands", {}).items():
        inner = list(below((*words, name), command))
        yield from inner or [(*words, name)]


def test_every_use_case_has_a_command_and_every_command_a_use_case() -> None:
    services = (
        MissionService,
        SessionService,
        JobService,
        RunService,
        WebhookService,
        KeyService,
        ProjectService,
        MemberService,
        ReleaseService,
        DeploymentService,
        ApprovalService,
        ScenarioImportService,
        ScenarioRunService,
        ExperimentService,
        DebriefService,
        SourceService,
        SourceArtifactService,
        CollectionService,
        ScanService,
        VideoService,
        VideoForkService,
        VideoFileService,
    )
    there = {
        method
        for service in services
        for name, method in vars(service).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }
    assert {method for method, _ in USE_CASES.values()} == there
    assert commands() == USE_CASES.keys() | BACK.keys()


@pytest.mark.parametrize("words", USE_CASES, ids=" ".join)
def test_a_commands_help_is_its_use_cases_sentence(words: tuple[str, ...]) -> None:
    method, _ = USE_CASES[words]
    assert command_of(words).help == (inspect.getdoc(method) or "").splitlines()[0]


@pytest.mark.parametrize("words", USE_CASES, ids=" ".join)
def test_every_field_of_a_request_has_a_flag(words: tuple[str, ...]) -> None:
    _, request = USE_CASES[words]
    names = OTHER_NAMES | OTHER_NAMES_OF.get(words, {})
    flags = {parameter.name for parameter in command_of(words).params}
    fields = request.model_fields if request else {}
    assert {field for field in fields if not names.get(field, {field}) <= flags} == set()


@pytest.mark.parametrize("name", SHORT)
def test_a_short_name_is_the_command_itself(name: str) -> None:
    short, whole = loaded(name), command_of(SHORT[name])
    assert short.help == whole.help
    assert [each.opts for each in short.params] == [each.opts for each in whole.params]


@pytest.mark.parametrize("words", BACK, ids=" ".join)
def test_what_takes_something_back_takes_the_same_words(words: tuple[str, ...]) -> None:
    back, forth = command_of(words), command_of(BACK[words])
    assert [each.opts for each in back.params] == [each.opts for each in forth.params]


def test_every_limit_has_a_flag() -> None:
    fields = missions.ExecuteMission.model_fields["limits"].annotation
    named = {name for kind in getattr(fields, "__args__", ()) for name in getattr(kind, "model_fields", {})}
    assert {f"max_{name}" for name in named} == LIMITS


def test_the_table_of_commands_says_what_they_say() -> None:
    assert {name: words for name, (_, words) in COMMANDS.items()} == {
        name: loaded(name).help for name in COMMANDS
    }


@pytest.mark.parametrize(
    "words", [[], *[[name] for name in COMMANDS], *map(list, [*USE_CASES, *BACK])], ids=" ".join
)
def test_help_fits_80_columns_and_every_option_is_told(words: list[str]) -> None:
    text = shown(words)
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.replace("[ARGS]...", "").replace("[ARTIFACT]...", "")
    assert text.startswith(f"Usage: {' '.join(['taskforce', *words])} ")


@pytest.mark.parametrize(
    ("given", "sorted_"),
    [
        (["jobs", "list", "--home", "h"], ["--home", "h", "jobs", "list"]),
        (["jobs", "--project=p", "list"], ["--project=p", "jobs", "list"]),
        (["run", "mission", "--", "--home", "h"], ["run", "mission", "--", "--home", "h"]),
        (["jobs", "list", "--home"], ["--home", "jobs", "list"]),
    ],
)
def test_global_flags_count_wherever_they_stand(given: list[str], sorted_: list[str]) -> None:
    assert hoisted(given) == sorted_
