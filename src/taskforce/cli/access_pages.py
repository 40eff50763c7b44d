"""What keys, projects and members look like."""

from collections.abc import Sequence

from taskforce.application.access.schemas import KeyView, MemberView, NewKeyView, ProjectView
from taskforce.application.jobs.schemas import ListView
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.pages import show_part
from taskforce.cli.render import Column, print_facts, print_json, write
from taskforce.cli.terminal import say

KEYS: Sequence[Column[KeyView]] = (
    Column(head="KEY", show=lambda view: view.key_id, whole=True),
    Column(head="ROLE", show=lambda view: view.role.value, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="USED", show=lambda view: view.last_used_at or "never", whole=True),
    Column(head="NAME", show=lambda view: view.name),
)
PROJECTS: Sequence[Column[ProjectView]] = (
    Column(head="PROJECT", show=lambda view: view.project_id, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="NAME", show=lambda view: view.name),
)
MEMBERS: Sequence[Column[MemberView]] = (
    Column(head="MEMBER", show=lambda view: view.principal, whole=True),
    Column(head="ROLE", show=lambda view: view.role.value if view.role else "(its own)", whole=True),
    Column(head="AGE", show=lambda view: view.added_at, whole=True),
    Column(head="ADDED BY", show=lambda view: view.added_by),
)


def show_new_key(asked: Asked[NewKeyView], flags: Flags, *, as_json: bool) -> None:
    """Print a new key's text alone on stdout, to be put where it is needed; the rest goes to stderr."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    if view.key is not None:
        write(view.key)
        say(f"Key {view.key_id}, {view.role} of project {view.project_id}. It is shown this once.")
    else:
        say(f"The same request made key {view.key_id} before; its text was shown then.")
    say(f"Revoke it: {flags.command('keys', 'revoke', view.key_id)}")


def show_keys(asked: Asked[ListView[KeyView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of keys."""
    show_part(asked, KEYS, flags, as_json=as_json)


def show_key(asked: Asked[KeyView], flags: Flags, *, as_json: bool) -> None:
    """Print a key, without its text."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    facts = {name: getattr(view, name) for name in KeyView.model_fields}
    print_facts(((name.replace("_", " "), value) for name, value in facts.items()), color=flags.color)


def show_projects(asked: Asked[ListView[ProjectView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of projects."""
    show_part(asked, PROJECTS, flags, as_json=as_json)


def show_project(asked: Asked[ProjectView], flags: Flags, *, as_json: bool) -> None:
    """Print a project."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    facts = {"project": view.project_id, "name": view.name, "by": view.created_by, "created": view.created_at}
    print_facts(facts.items(), color=flags.color)


def show_members(asked: Asked[ListView[MemberView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of members."""
    show_part(asked, MEMBERS, flags, as_json=as_json)


def show_member(asked: Asked[MemberView], flags: Flags, *, as_json: bool) -> None:
    """Print a member."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    facts = {"member": view.principal, "project": view.project_id, "role": view.role, "since": view.added_at}
    print_facts(facts.items(), color=flags.color)
