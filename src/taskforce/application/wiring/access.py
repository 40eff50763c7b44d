"""Access: the gate before all use cases."""

from taskforce.application.access.gate import Gate
from taskforce.application.injection import containers, providers


class AccessParts(containers.DeclarativeContainer):
    """What lets principals in."""

    gate = providers.ThreadSafeSingleton(Gate)
