"""The gate: who asks, for which project, and whether they may."""

from taskforce.core.access.credentials import Credentials
from taskforce.core.access.errors import ProjectNotFound, TwoCredentials
from taskforce.core.access.permissions import check
from taskforce.core.principals import DEFAULT_PROJECT, Principal, local_principal


class Gate:
    """Lets principals in, and tells what each may do."""

    async def admit(self, credentials: Credentials, project: str | None) -> Principal:
        """Return who asks. Without a project it is the one that the credential is for, else the default one.

        Raises:
            TwoCredentials: more than one was shown.
            Unauthenticated: nobody known asks.
            ProjectNotFound: there is no such project, or the principal has no part in it.
        """
        if credentials.count > 1:
            raise TwoCredentials
        if project not in {None, DEFAULT_PROJECT}:
            raise ProjectNotFound
        return local_principal()

    def check(self, principal: Principal, use_case: str) -> None:
        """Return when the principal may do this in its project. Raises NotAllowed."""
        check(principal, use_case)
