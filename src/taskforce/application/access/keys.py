"""The use cases of API keys."""

from datetime import timedelta

from taskforce.application.access.keyring import KeyRing
from taskforce.application.access.schemas import CreateKey, KeyView, ListKeys, NewKeyView, RevokeKey
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.core.access.keys import SECRET_BYTES, key_digest, key_id, key_text
from taskforce.core.access.model import ApiKey
from taskforce.core.access.ports import Chance, KeyStore, Pepper
from taskforce.core.clock import Clock
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal


class KeyService:
    """Makes, lists and revokes the keys of a project."""

    def __init__(
        self, *, store: KeyStore, ring: KeyRing, pepper: Pepper, chance: Chance, clock: Clock, once: Once
    ) -> None:
        self._store = store
        self._ring = ring
        self._pepper = pepper
        self._chance = chance
        self._clock = clock
        self._once = once

    async def create(self, principal: Principal, request: CreateKey, *, key: str | None = None) -> NewKeyView:
        """Create an API key for the project, and show its text this once."""

        async def make(note: Note) -> NewKeyView:
            id = key_id(self._chance.take(SECRET_BYTES))
            text = key_text(id, self._chance.take(SECRET_BYTES))
            new = self._new(principal, request, id=id, digest=key_digest(text, self._pepper.get()))
            await self._store.add(new, changes=note(id))
            return NewKeyView(**dict(self._shown(new)), key=text)

        async def again(made: str) -> NewKeyView:
            found = await self._store.get(made, project=principal.project)
            return NewKeyView(**dict(self._shown(found)))

        keyed = Keyed.of("keys.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def list(self, principal: Principal, request: ListKeys) -> Listing[KeyView]:
        """List the project's API keys, newest first, the revoked ones too."""
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._store.list(page, project=principal.project)
        return Listing(items=tuple(map(self._shown, found.items)), total=found.total)

    async def revoke(self, principal: Principal, request: RevokeKey) -> KeyView:
        """Revoke an API key, for ever; it stays in the list."""
        now = self._clock.now()
        revoked = await self._store.revoke(request.key_id, project=principal.project, at=now)
        self._ring.forget(request.key_id)
        return self._shown(revoked)

    def _new(self, principal: Principal, request: CreateKey, *, id: str, digest: str) -> ApiKey:
        now = self._clock.now()
        days = request.expires_in_days
        return ApiKey(
            id=id,
            digest=digest,
            project=principal.project,
            role=request.role,
            name=request.name,
            created_by=principal.name,
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )

    def _shown(self, key: ApiKey) -> KeyView:
        return KeyView.of(key, now=self._clock.now())
