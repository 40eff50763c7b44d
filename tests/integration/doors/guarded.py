"""A house behind keys, for tests: a project and its keys, and others with something of everything in them."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from taskforce.api.server import create_app
from taskforce.application.access.schemas import CreateKey, CreateProject, SetMember
from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.identity import ProjectId
from taskforce.core.principals import Role, local_principal
from taskforce.settings import Settings

MISSION = {"mission": "list files, then write the list to files.md", "model": "local:planner"}
KEY = "X-API-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is behind the gate."""

    client: TestClient
    container: Container
    home: Path
    keys: Mapping[Role, str]
    """Keys of the project `default`."""

    def project(self, name: str) -> ProjectId:
        """Make a project."""
        made = asyncio.run(self.container.projects().create(local_principal(), CreateProject(name=name)))
        return ProjectId(made.project_id)

    def key(self, project: ProjectId, role: Role = Role.ADMIN, *, days: int | None = None) -> str:
        """Make a key."""
        request = CreateKey(name=f"a {role}", role=role, expires_in_days=days)
        made = asyncio.run(self.container.keys().create(local_principal(project), request))
        assert made.key is not None
        return made.key

    def member(self, project: ProjectId, principal: str, role: Role | None) -> None:
        """Make somebody a member."""
        request = SetMember(project_id=project, principal=principal, role=role)
        asyncio.run(self.container.members().set(local_principal(), request))

    def ask(self, role: Role, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - an answer
        """Ask with the project's key of a role."""
        headers = {KEY: self.keys[role], **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)


@contextmanager
def guarded(home: Path, **settings: Any) -> Iterator[House]:  # noqa: ANN401 - any setting
    """A house that takes keys."""
    container = open_container(Settings(home=home, **{"auth": ("keys",), **settings}))
    try:
        client = TestClient(create_app(container))
        house = House(client=client, container=container, home=home, keys={})
        keys = {role: house.key(ProjectId("default"), role) for role in Role}
        yield House(client=client, container=container, home=home, keys=keys)
    finally:
        close_container(container)


def furnish(house: House, project: ProjectId) -> dict[str, str]:
    """Put something of everything into a project, and return the ids by the names of path parameters."""
    key = house.key(project)
    headers = {KEY: key}
    ran = house.client.post("/api/v1/execute", json=MISSION, headers=headers).json()
    assert ran["status"] == "completed", ran
    kept = house.client.get(f"/api/v1/jobs/{ran['job_id']}/artifacts", headers=headers).json()
    house.member(project, "oidc:anna", Role.VIEWER)
    film = {"prompt": "A river.", "run_through": "storyboarding"}
    video = house.client.post("/api/generate", json=film, headers=headers).json()
    admin = {KEY: house.key(project, Role.ADMIN)}
    told = house.client.post("/api/v1/webhooks", json={"url": "https://hooks.example/a"}, headers=admin)
    return {
        "webhook_id": told.json()["id"],
        "video_id": video["project_id"],
        "session_id": ran["session_id"],
        "job_id": ran["job_id"],
        "artifact_id": kept["items"][0]["id"],
        "key_id": key.split("_")[2],
        "project_id": project,
        "principal": "oidc:anna",
    }
