"""What is asked of a project is asked by who was let into it."""

from taskforce.core.access.errors import ProjectNotFound
from taskforce.core.principals import Principal


def check_project(principal: Principal, project_id: str) -> None:
    """What a principal asks is of the one project that it was let into. Raises ProjectNotFound."""
    if project_id != principal.project:
        raise ProjectNotFound
