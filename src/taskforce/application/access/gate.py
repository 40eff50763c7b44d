"""The gate: who asks, for which project, and whether they may."""

from taskforce.application.access.keyring import KeyRing
from taskforce.application.access.parts import Parts
from taskforce.core.access.credentials import Credentials
from taskforce.core.access.errors import CredentialsMissing, CredentialsRefused, TwoCredentials
from taskforce.core.access.keys import PREFIX
from taskforce.core.access.model import Identity, key_of
from taskforce.core.access.permissions import check
from taskforce.core.access.ports import TokenReader
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.principals import DEFAULT_PROJECT, Principal, local_principal


class Gate:
    """Lets principals in, and tells what each may do.

    Without keys and tokens access is open, and whoever asks is local.
    """

    def __init__(
        self, *, keys: KeyRing | None, tokens: TokenReader | None, parts: Parts, clock: Clock
    ) -> None:
        self._keys = keys
        self._tokens = tokens
        self._parts = parts
        self._clock = clock

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is asked of anybody."""
        return self._keys is None and self._tokens is None

    async def admit(self, credentials: Credentials, project: str | None) -> Principal:
        """Return who asks. Without a project it is the one that the credential is for, else the default one.

        Raises:
            TwoCredentials: more than one was shown.
            Unauthenticated: nobody known asks.
            ProjectNotFound: there is no such project, or the principal has no part in it.
            Unavailable: the issuer of tokens does not answer, and its keys are not known.
        """
        if credentials.count > 1:
            raise TwoCredentials
        wanted = ProjectId(project) if project else None
        if self.is_open:
            place = wanted or DEFAULT_PROJECT
            await self._parts.check(place)
            return local_principal(place)
        identity = await self._identify(credentials)
        place = wanted or identity.home
        return identity.at(place, await self._parts.roles(identity, place))

    async def stands(self, principal: Principal) -> bool:
        """Tell whether what the principal was let in by still counts."""
        if principal.expires_at is not None and principal.expires_at <= self._clock.now():
            return False
        key_id = key_of(principal.name)
        return key_id is None or self._keys is None or await self._keys.opens(key_id)

    def check(self, principal: Principal, use_case: str) -> None:
        """Return when the principal may do this in its project. Raises NotAllowed."""
        check(principal, use_case)

    async def _identify(self, credentials: Credentials) -> Identity:
        """A key may also come as a bearer token, for clients that can send nothing else."""
        if not credentials.count:
            raise CredentialsMissing
        text = (*credentials.keys, *credentials.bearers)[0]
        if credentials.keys or text.startswith(PREFIX):
            if self._keys is None:
                raise CredentialsRefused("keys are off", "API keys are not taken here. Send a bearer token.")
            return await self._keys.identify(text)
        if self._tokens is None:
            raise CredentialsRefused("tokens are off")
        return await self._tokens.read(text)
