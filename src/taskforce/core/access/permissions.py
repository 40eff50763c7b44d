"""Which role may do what: one table of all use cases, and what is not in it nobody may do."""

import re
from collections.abc import Callable, Mapping

from taskforce.core.access.errors import NotAllowed
from taskforce.core.principals import Principal, Role

OPEN = frozenset(
    {
        "docs.redoc",
        "docs.root",
        "docs.swagger",
        "health.live",
        "health.ready",
        "health.service",
        "runs.put_signed_log",
        "runs.signed_log",
    }
)
"""What is answered to everybody: whether the service lives, how it is talked to, what a signature opens."""
SIGNED = frozenset({"github.receive"})
"""What whoever signed the request may do, and nobody by a key or token; it comes to no other use case."""

SEES = frozenset({Role.VIEWER, Role.OPERATOR, Role.APPROVER, Role.ADMIN})
WORKS = frozenset({Role.OPERATOR, Role.ADMIN})
APPROVES = frozenset({Role.APPROVER, Role.ADMIN})
GOVERNS = frozenset({Role.ADMIN})
REPORTS = frozenset({Role.SERVICE})

APPROVE = "sessions.approve"
"""Answering a session that asks for an approval; `sessions.respond` is more than that."""
ANSWER_OTHERS = "sessions.answer"
"""Answering a session that asks for anything else."""

TABLE: Mapping[str, frozenset[Role]] = {
    "approvals.create": APPROVES,
    "approvals.get": SEES,
    "approvals.revoke": APPROVES,
    "collections.delete": WORKS,
    "collections.get": SEES,
    "collections.list": SEES,
    "collections.take": WORKS,
    "collections.verify": SEES,
    "debriefs.create": WORKS,
    "deployments.create": WORKS,
    "deployments.current": SEES,
    "deployments.history": SEES,
    "experiments.cancel": WORKS,
    "experiments.create": WORKS,
    "experiments.get": SEES,
    "health.metrics": SEES,
    "jobs.artifact": SEES,
    "jobs.artifacts": SEES,
    "jobs.cancel": WORKS,
    "jobs.get": SEES,
    "jobs.list": SEES,
    "jobs.prune": GOVERNS,
    "jobs.retry": WORKS,
    "jobs.watch": SEES,
    "keys.create": GOVERNS,
    "keys.list": GOVERNS,
    "keys.revoke": GOVERNS,
    "members.list": SEES,
    "members.remove": GOVERNS,
    "members.set": GOVERNS,
    "missions.execute": WORKS,
    "missions.list_models": SEES,
    "missions.list_profiles": SEES,
    "missions.list_skills": SEES,
    "missions.list_tools": SEES,
    "missions.stream": WORKS,
    "projects.create": GOVERNS,
    "projects.get": SEES,
    "projects.list": SEES,
    "releases.alias": WORKS,
    "releases.create": WORKS,
    "releases.get": SEES,
    "releases.list": SEES,
    "releases.unalias": WORKS,
    "runs.cancel": WORKS,
    "runs.create": WORKS,
    "runs.get": SEES,
    "runs.list": SEES,
    "runs.logs": SEES,
    "runs.rerun": WORKS,
    "scans.create": WORKS,
    "scenario_imports.commit": WORKS,
    "scenario_imports.validate": WORKS,
    "scenario_runs.cancel": WORKS,
    "scenario_runs.create": WORKS,
    "scenario_runs.get": SEES,
    "scenario_runs.list": SEES,
    "scenario_runs.results": SEES,
    "sessions.cancel": WORKS,
    "sessions.create": WORKS,
    "sessions.delete": WORKS,
    "sessions.fork": WORKS,
    "sessions.get": SEES,
    "sessions.list": SEES,
    "sessions.messages": SEES,
    "sessions.replay": SEES,
    "sessions.respond": WORKS | APPROVES,
    "sessions.resume": WORKS,
    "source_artifacts.files": SEES,
    "source_artifacts.get": SEES,
    "source_artifacts.list": SEES,
    "source_artifacts.read": SEES,
    "source_artifacts.update": WORKS,
    "sources.audit": GOVERNS,
    "sources.create": WORKS,
    "sources.delete": WORKS,
    "sources.get": SEES,
    "sources.list": SEES,
    "sources.rescan": WORKS,
    "sources.update": WORKS,
    "steps.report": REPORTS,
    "tasks.report": REPORTS,
    "video_files.clip": SEES,
    "video_files.download": SEES,
    "video_files.picture": SEES,
    "video_forks.create": WORKS,
    "videos.delete": WORKS,
    "videos.generate": WORKS,
    "videos.get": SEES,
    "videos.list": SEES,
    "videos.rename": WORKS,
    "videos.resume": WORKS,
    "videos.status": SEES,
    "videos.stop": WORKS,
    **dict.fromkeys(
        (
            "webhooks.create",
            "webhooks.delete",
            "webhooks.deliveries",
            "webhooks.get",
            "webhooks.list",
            "webhooks.ping",
            "webhooks.replay",
            "webhooks.rotate",
            "webhooks.update",
        ),
        GOVERNS,
    ),
    ANSWER_OTHERS: WORKS,
    APPROVE: APPROVES,
}
"""Use case: the roles that may. `service` is for the callbacks of workers, and for nothing else."""


def name_of(use_case: Callable[..., object]) -> str:
    """Return a use case's name: `scenario_imports.commit` of ScenarioImportService.commit."""
    service, _, name = use_case.__qualname__.rpartition(".")
    words = re.sub("(?<!^)(?=[A-Z])", "_", service.removesuffix("Service"))
    return f"{words.lower()}s.{name}"


def check(principal: Principal, use_case: str) -> None:
    """Return when the principal may do this in its project. Raises NotAllowed."""
    may = TABLE.get(use_case, frozenset())
    if principal.roles.isdisjoint(may):
        raise NotAllowed(use_case, held=principal.roles, may=may)
