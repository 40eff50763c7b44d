"""Secrets from the system's source of chance."""

import secrets

from taskforce.core.webhooks.ports import SecretSource
from taskforce.core.webhooks.signing import SIZE, Secret


class SystemSecrets(SecretSource):
    def new(self) -> Secret:
        return Secret.of(secrets.token_bytes(SIZE))
