"""Access: who is let in, and the use cases of keys, projects and members."""

from pathlib import Path

from pydantic import SecretStr

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.mission_services import MissionServices
from taskforce.on_demand import on_demand
from taskforce.settings import Settings

with on_demand(__name__):
    from taskforce.application.access.gate import Gate
    from taskforce.application.access.keyring import KeyRing
    from taskforce.application.access.keys import KeyService
    from taskforce.application.access.members import MemberService
    from taskforce.application.access.parts import Parts
    from taskforce.application.access.projects import ProjectService
    from taskforce.application.jobs.readiness import Readiness
    from taskforce.core.access.ports import Chance, Pepper, TokenReader
    from taskforce.core.clock import Clock
    from taskforce.infrastructure.access.sql_keys import SqlKeyStore
    from taskforce.infrastructure.access.sql_projects import SqlMemberStore, SqlProjectStore
    from taskforce.infrastructure.identity.pepper import FilePepper, GivenPepper
    from taskforce.infrastructure.system.chance import SystemChance


def _pepper(given: SecretStr | None, home: Path, chance: Chance) -> Pepper:
    return FilePepper(home / "pepper", chance) if given is None else GivenPepper(given.get_secret_value())


def _tokens(settings: Settings, clock: Clock) -> TokenReader | None:
    if "oidc" not in settings.auth:
        return None
    from taskforce.infrastructure.identity.loading import token_reader  # most use no tokens

    return token_reader(settings, clock)


def _gate(settings: Settings, ring: KeyRing, tokens: TokenReader | None, parts: Parts, clock: Clock) -> Gate:
    return Gate(
        keys=ring if "keys" in settings.auth else None,
        tokens=tokens,
        parts=parts,
        clock=clock,
    )


def _peers(tokens: TokenReader | None, clock: Clock) -> Readiness:
    """Return the checks of services that others keep; without them jobs are played all the same."""
    return Readiness({"oidc": tokens.check} if tokens is not None else {}, clock=clock)


class AccessParts(MissionServices):
    """What lets principals in."""

    key_store = providers.ThreadSafeSingleton(SqlKeyStore, Ground.database)
    project_store = providers.ThreadSafeSingleton(SqlProjectStore, Ground.database)
    member_store = providers.ThreadSafeSingleton(SqlMemberStore, Ground.database)
    chance = providers.ThreadSafeSingleton(SystemChance)
    pepper = providers.ThreadSafeSingleton(_pepper, Ground.settings.provided.pepper, Ground.home, chance)
    key_ring = providers.ThreadSafeSingleton(KeyRing, store=key_store, pepper=pepper, clock=Ground.clock)
    parts = providers.ThreadSafeSingleton(
        Parts, projects=project_store, members=member_store, clock=Ground.clock
    )
    tokens = providers.ThreadSafeSingleton(_tokens, Ground.settings, Ground.clock)
    gate = providers.ThreadSafeSingleton(_gate, Ground.settings, key_ring, tokens, parts, Ground.clock)
    peers = providers.ThreadSafeSingleton(_peers, tokens, Ground.clock)
    keys = providers.ThreadSafeSingleton(
        KeyService,
        store=key_store,
        ring=key_ring,
        pepper=pepper,
        chance=chance,
        clock=Ground.clock,
        once=MissionServices.once,
    )
    projects = providers.ThreadSafeSingleton(
        ProjectService, store=project_store, clock=Ground.clock, ids=Ground.ids, once=MissionServices.once
    )
    members = providers.ThreadSafeSingleton(
        MemberService, store=member_store, parts=parts, clock=Ground.clock
    )
