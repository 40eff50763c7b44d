"""Who sees a source, and who may change it: the role is checked at the gate, the project here."""

from taskforce.core.errors import Forbidden
from taskforce.core.marketplace.errors import SourceForeign, SourceNotFound
from taskforce.core.marketplace.model import Source, Visibility
from taskforce.core.marketplace.ports import SourceFilter
from taskforce.core.principals import Principal, Role


def check_sees(principal: Principal, source: Source) -> None:
    """Return when a principal may be told of a source. Raises SourceNotFound."""
    if not _sees(principal, source):
        raise SourceNotFound(source.id)


def check_mends(principal: Principal, source: Source) -> None:
    """Return when a principal may change, scan and import from a source.

    Raises SourceNotFound, SourceForeign for a public one of another project.
    """
    check_sees(principal, source)
    if not (principal.is_everywhere or source.project == principal.project):
        raise SourceForeign(source.id)


def seen_by(principal: Principal, *, search: str, all_projects: bool) -> SourceFilter:
    """Return which sources a principal is shown in a list. Raises Forbidden."""
    if all_projects and not principal.is_everywhere:
        raise Forbidden("Only an administrator of all projects sees all sources. Leave all_projects out.")
    return SourceFilter(
        project=None if all_projects else principal.project,
        seen_by=None if _governs(principal) else principal.name,
        search=search,
    )


def _sees(principal: Principal, source: Source) -> bool:
    if principal.is_everywhere or source.visibility is Visibility.PUBLIC:
        return True
    if source.project != principal.project:
        return False
    is_private = source.visibility is Visibility.PRIVATE
    return not is_private or source.created_by == principal.name or _governs(principal)


def _governs(principal: Principal) -> bool:
    return principal.is_everywhere or Role.ADMIN in principal.roles
