"""Redis as kombu speaks with it, whose connections may break while a message is being acknowledged."""

from typing import Any

from kombu.transport import redis


class _Acknowledgements(redis.QoS):  # type: ignore[misc] # kombu tells no types
    """Messages that were given out and not acknowledged yet."""

    def restore_unacked(self, client: Any = None) -> None:  # noqa: ANN401 - the same
        """Give them back, unless the connection is closed already.

        kombu 5.7 tries it without one, fails, and Celery's worker takes that for its end. What is not given
        back costs nothing: who sweeps the store hints at the jobs again.
        """
        if self.channel.connection.client is not None:
            super().restore_unacked(client)


class _Channel(redis.Channel):  # type: ignore[misc] # the same
    QoS = _Acknowledgements


class Transport(redis.Transport):  # type: ignore[misc] # the same
    """What the app's broker is spoken with."""

    Channel = _Channel
