"""Where the API asks the gate: before a request is read, by the id of the route's operation."""

import structlog
from starlette.requests import Request

from taskforce.api.doors import Doors
from taskforce.api.limits import count_failure, count_request
from taskforce.core.access.credentials import NOTHING, Credentials
from taskforce.core.access.errors import CredentialsRefused, TwoProjects
from taskforce.core.access.permissions import OPEN, SIGNED
from taskforce.core.errors import Unauthenticated
from taskforce.core.principals import Principal

log = structlog.get_logger()

CREDENTIAL = frozenset({b"authorization", b"x-api-key"})
BEARER = "bearer"
SIGNATURE = "x-hub-signature-256"


async def admit(request: Request) -> Principal:
    """Return who asks, for the project of the path, else that of X-Project-ID; the log tells it, too.

    Raises Unauthenticated, TwoCredentials, TwoProjects, ProjectNotFound.
    """
    doors: Doors = request.app.state.doors
    project = _project(request)
    try:
        principal = await doors.gate.admit(shown(request), project)
    except CredentialsRefused as refused:
        peer = request.client.host if request.client else ""
        log.warning("credential_refused", reason=refused.reason, peer=peer, path=request.url.path)
        await count_failure(doors, request.scope)
        raise
    await _let_in(request, principal)
    return principal


async def admit_signed(request: Request) -> None:
    """Let in whoever signed the body. Raises HookClosed, SignatureMissing, SignatureWrong."""
    doors: Doors = request.app.state.doors
    receiver = doors.services.github()
    receiver.check_open()
    try:
        principal = await receiver.admit(await request.body(), request.headers.get(SIGNATURE))
    except Unauthenticated as refused:
        peer = request.client.host if request.client else ""
        log.warning("signature_refused", reason=refused.message, peer=peer, path=request.url.path)
        await count_failure(doors, request.scope)
        raise
    await _let_in(request, principal)


async def _let_in(request: Request, principal: Principal) -> None:
    doors: Doors = request.app.state.doors
    await count_request(doors, request.scope, principal)
    structlog.contextvars.bind_contextvars(principal=principal.name)
    request.state.principal = principal


async def pass_gate(request: Request, operation: str | None) -> None:
    """Let a request pass to its operation. Raises NotAllowed, and what `admit` raises."""
    if operation in OPEN:
        return
    if operation in SIGNED:
        await admit_signed(request)
        return
    principal = await admit(request)
    doors: Doors = request.app.state.doors
    doors.gate.check(principal, operation or "")


def _project(request: Request) -> str | None:
    named, given = request.path_params.get("project_id"), request.headers.get("x-project-id")
    if named is not None and given not in {None, named}:
        raise TwoProjects
    return named or given


def shown(request: Request) -> Credentials:
    """Return the credentials that the headers show."""
    given = [(name, text) for name, text in request.scope["headers"] if name in CREDENTIAL]
    if not given:
        return NOTHING
    texts = [(name, text.decode("latin-1")) for name, text in given]
    return Credentials(
        keys=tuple(text for name, text in texts if name == b"x-api-key"),
        bearers=tuple(_token(text) for name, text in texts if name == b"authorization"),
    )


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == BEARER else ""
