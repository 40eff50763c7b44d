"""The reader of tokens, imported when access asks for it: its libraries are an extra."""

from importlib import import_module

from taskforce.core.access.ports import TokenReader
from taskforce.core.clock import Clock
from taskforce.settings import Settings, SettingsInvalid

LIBRARIES = frozenset({"cryptography", "jwt"})


def token_reader(settings: Settings, clock: Clock) -> TokenReader:
    """Return what reads the tokens of the settings' issuer. Raises SettingsInvalid without the extra."""
    try:
        oidc = import_module("taskforce.infrastructure.identity.oidc")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in LIBRARIES:
            raise
        raise SettingsInvalid(
            "auth is oidc, and the extra oidc is not installed. Try: pip install 'taskforce[oidc]'"
        ) from missing
    reader: TokenReader = oidc.OidcTokens.of(settings, clock)
    return reader
