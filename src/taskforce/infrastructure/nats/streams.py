"""The streams and consumers of JetStream: made where they are missing, and looked at where they are not."""

from datetime import timedelta

from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, RetentionPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.nats.subjects import EVENTS, Channel

JOBS_STREAM = "TASKFORCE_JOBS"
EVENTS_STREAM = "TASKFORCE_EVENTS"
MOST_DELIVERIES = 3
"""How often a hint is given out: a fuse. What becomes of a job the store decides."""
WITHOUT_DOUBLES = timedelta(minutes=10)
"""For so long an event that is published again is known by its id."""
_HINTS_STAY = timedelta(hours=1).total_seconds()
_EVENTS_STAY = timedelta(days=7).total_seconds()
_MOST_HINTS = 1_000_000
_ANSWER = 5.0


class StreamUnfit(Unavailable):
    """What is there under the name of a stream or consumer is something else."""


def jetstream(client: Client) -> JetStreamContext:
    """Return the connection's JetStream, whose calls end in time."""
    return client.jetstream(timeout=_ANSWER)


def hints_stream(subjects: tuple[str, ...]) -> StreamConfig:
    """Return the stream of hints: each is there until it is settled, and none for long."""
    return StreamConfig(
        name=JOBS_STREAM,
        subjects=list(subjects),
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_age=_HINTS_STAY,
        max_msgs=_MOST_HINTS,
    )


def events_stream() -> StreamConfig:
    """Return the stream of events: kept for a week, each once."""
    return StreamConfig(
        name=EVENTS_STREAM,
        subjects=[f"{EVENTS}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=_EVENTS_STAY,
        duplicate_window=WITHOUT_DOUBLES.total_seconds(),
    )


async def ensure_stream(js: JetStreamContext, wanted: StreamConfig) -> None:
    """Make a stream, or add its subjects to the one that is there; all else of that one stays.

    Raises Unavailable when the server has no JetStream, or the stream cannot be what is wanted.
    """
    name = str(wanted.name)
    try:
        try:
            there = (await js.stream_info(name)).config
        except NotFoundError:
            there = (await js.add_stream(wanted)).config
        missing = set(wanted.subjects or ()) - set(there.subjects or ())
        if missing:
            await js.update_stream(there.evolve(subjects=[*(there.subjects or ()), *sorted(missing)]))
    except (ServiceUnavailableError, NoRespondersError) as error:
        raise StreamUnfit("It has no JetStream. Start the server with -js.") from error
    except APIError as error:
        raise StreamUnfit(f"The stream {name} cannot be made: {error.description}.") from error
    if there.retention != wanted.retention:
        raise StreamUnfit(f"The stream {name} that is there is kept by {there.retention}. Delete it.")


async def ensure_consumer(js: JetStreamContext, channel: Channel, *, ack_wait: timedelta) -> ConsumerInfo:
    """Make the durable consumer of a channel, or make it as wanted. Raises Unavailable if it is not then."""
    seconds = ack_wait.total_seconds()
    wanted = ConsumerConfig(
        durable_name=channel.durable,
        filter_subject=channel.subject,  # one: servers before 2.10 drop a list of them in silence
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=seconds,
        max_deliver=MOST_DELIVERIES,
        max_ack_pending=-1,
    )
    try:
        info = await js.add_consumer(JOBS_STREAM, wanted)
    except NotFoundError:
        raise
    except APIError as error:
        raise StreamUnfit(f"The consumer {channel.durable} cannot be made: {error.description}.") from error
    made = info.config
    if (made.filter_subject, made.ack_policy, made.max_deliver, made.ack_wait) != (
        channel.subject,
        AckPolicy.EXPLICIT,
        MOST_DELIVERIES,
        seconds,
    ):
        raise StreamUnfit(f"The consumer {channel.durable} is another than was asked for. Delete it.")
    return info
