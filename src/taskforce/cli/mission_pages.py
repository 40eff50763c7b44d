"""What the views of missions look like: sessions, messages, tools, skills, profiles, models."""

from collections.abc import Iterable, Sequence

from taskforce.application.jobs.schemas import ItemsView, ListView
from taskforce.application.missions.replay_schemas import ReplayView
from taskforce.application.missions.schemas import (
    MessageView,
    ModelView,
    ProfileView,
    SessionDetailView,
    SessionView,
    ToolView,
)
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.cli.dependencies import Asked
from taskforce.cli.facts import model_of, name_of
from taskforce.cli.flags import Flags
from taskforce.cli.pages import show_all, show_part
from taskforce.cli.past import Log
from taskforce.cli.render import Column, print_facts, print_json, print_text
from taskforce.cli.terminal import say
from taskforce.cli.transcript import transcript
from taskforce.core.jobs.budget import Spent

SESSIONS: Sequence[Column[SessionView]] = (
    Column(head="SESSION", show=lambda view: view.session_id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="MISSION", show=lambda view: view.mission or "(none yet)"),
)
MESSAGES: Sequence[Column[MessageView]] = (
    Column(head="MESSAGE", show=lambda view: f"{view.job_id}/{view.number}", whole=True),
    Column(head="ROLE", show=lambda view: view.role, whole=True),
    Column(head="AGE", show=lambda view: view.timestamp, whole=True),
    Column(head="TEXT", show=lambda view: view.text),
)
TOOLS: Sequence[Column[ToolView]] = (
    Column(head="TOOL", show=lambda view: view.name, whole=True),
    Column(head="RISK", show=lambda view: view.risk, whole=True),
    Column(head="EFFECT", show=lambda view: view.effect, whole=True),
    Column(head="DESCRIPTION", show=lambda view: view.description, wraps=True),
)
PROFILES: Sequence[Column[ProfileView]] = (
    Column(head="PROFILE", show=lambda view: view.name, whole=True),
    Column(head="MODEL", show=lambda view: view.model or "(settled by settings)", whole=True),
    Column(head="STEPS", show=lambda view: view.limits.steps, whole=True),
    Column(head="DESCRIPTION", show=lambda view: view.description, wraps=True),
)
SKILLS: Sequence[Column[SkillView]] = (
    Column(head="SKILL", show=lambda view: view.name, whole=True),
    Column(
        head="FROM",
        show=lambda view: f"{view.origin}, asks first" if view.asks_first else view.origin,
        whole=True,
    ),
    Column(head="TAKES", show=lambda view: " ".join(view.places), wraps=True),
    Column(head="DESCRIPTION", show=lambda view: view.problem or view.description, wraps=True),
)
MODELS: Sequence[Column[ModelView]] = (
    Column(head="MODEL", show=lambda view: view.name, whole=True),
    Column(head="DEFAULT", show=lambda view: view.default_by, whole=True),
    Column(head="MISSING", show=lambda view: view.missing, wraps=True),
    Column(head="DESCRIPTION", show=lambda view: view.description, wraps=True),
)


def show_sessions(asked: Asked[ListView[SessionView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of sessions; as JSON a bare array, as the API answers."""
    if as_json:
        print_json([view.model_dump(mode="json") for view in asked.answer.items])
    else:
        show_part(asked, SESSIONS, flags, as_json=False)


def show_messages(asked: Asked[ListView[MessageView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of messages."""
    show_part(asked, MESSAGES, flags, as_json=as_json)


def show_tools(asked: Asked[ItemsView[ToolView]], flags: Flags, *, as_json: bool) -> None:
    """Print the tools."""
    show_all(asked, TOOLS, flags, as_json=as_json)


def show_skills(asked: Asked[ItemsView[SkillView]], flags: Flags, *, as_json: bool) -> None:
    """Print the skills."""
    show_all(asked, SKILLS, flags, as_json=as_json)


def show_profiles(asked: Asked[ItemsView[ProfileView]], flags: Flags, *, as_json: bool) -> None:
    """Print the profiles."""
    show_all(asked, PROFILES, flags, as_json=as_json)


def show_models(asked: Asked[ItemsView[ModelView]], flags: Flags, *, as_json: bool) -> None:
    """Print the models."""
    show_all(asked, MODELS, flags, as_json=as_json)


def show_session(
    asked: Asked[SessionDetailView], flags: Flags, *, as_json: bool, logs: Sequence[Log] = ()
) -> None:
    """Print a session, and the transcripts of its missions if their logs are given."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    print_facts(_facts_of_session(view), color=flags.color)
    for log in logs:
        print_text("\n".join(["", *transcript(log)]))
    if view.message and not logs:
        print_text(f"\n{view.message}")
    if view.waiting:
        say(f"Answer it: {flags.respond(view.session_id, view.waiting.wait_id, view.waiting.signal)}")


def show_replay(asked: Asked[ReplayView], *, as_json: bool) -> None:
    """Print what a replay came to."""
    view = asked.answer
    found = view.divergence
    if as_json:
        print_json(view)
    elif found is None:
        print_text(f"The same, {view.turns} turn{'' if view.turns == 1 else 's'}.")
    else:
        print_text("\n".join([found.message, *found.difference]))


def _facts_of_session(view: SessionDetailView) -> Iterable[tuple[str, object]]:
    yield "session", view.session_id
    yield "status", view.status.value
    yield "mission", view.mission
    yield "profile", view.profile
    yield "model", model_of(view.model, view.model_from)
    yield "workspace", view.workspace
    yield "forked from", view.forked_from
    yield "created", view.created_at
    yield "job", view.job_id
    yield "usage", _used(view) if view.job_id else None
    yield "in all", _spent(view.spent) if view.job_id else None
    for artifact in view.artifacts:
        yield "artifact", f"{name_of(artifact.key)} {artifact.id}"
    yield "error", view.error.code if view.error else None
    yield "waits for", view.waiting.wait_id if view.waiting else None


def _used(view: SessionDetailView) -> str:
    price = f", ${view.usage.cost:.4f}" if view.usage.cost else ""
    return f"{view.usage.input_tokens} tokens in, {view.usage.output_tokens} out{price}"


def _spent(spent: Spent) -> str:
    cost = f", ${spent.cost:.4f}" if spent.cost else ""
    seconds = f", {spent.seconds:.1f} s" if spent.seconds else ""
    turns = f"{spent.steps} turn{'' if spent.steps == 1 else 's'}"
    return f"{turns}, {spent.tokens} tokens{cost}{seconds}"
