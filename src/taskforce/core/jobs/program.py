"""What a capability gives the kernel, and what the kernel gives it."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, TypeVar

from taskforce.core.artifacts import ArtifactRef, Content
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.jobs.model import Job, Throttle
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import Signal, SignalName
from taskforce.core.jobs.steps import Effect, Subject

T = TypeVar("T")


class JobContext(Protocol):
    """A job's hold on the kernel. Each call is a checkpoint; every key is said once in a job."""

    @abstractmethod
    async def step(
        self,
        key: str,
        do: Callable[[], Awaitable[T]],
        *,
        type: type[T],
        retry: RetryPolicy = ONCE,
        effect: Effect = Effect.IDEMPOTENT,
        timeout: timedelta | None = None,
        subject: Subject | None = None,
    ) -> T:
        """Do it and record what comes out, or return what was recorded.

        The output passes through JSON on first play too. Raises StepFailed when it failed for good,
        also on replay.
        """

    @abstractmethod
    async def recall(self, key: str, *, type: type[T]) -> T | None:
        """Return what a step has recorded, in this job or one that it continues; None while it is to be done.

        It uses no key: the step is played as ever. Raises StepFailed when it failed for good.
        """

    @abstractmethod
    async def gather(
        self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int = 4
    ) -> dict[str, T]:
        """Play branches side by side, at most `limit` at once; results come in the order given.

        The first branch that fails ends the others, and its error is raised.
        """

    @abstractmethod
    async def sleep(self, key: str, until: datetime) -> None:
        """Wait for a moment, without worker or memory."""

    @abstractmethod
    async def wait_for(self, key: str, signal: SignalName, *, until: datetime | None = None) -> Signal:
        """Wait for a word from outside, without worker or memory; after `until` the signal is `timer`."""

    @abstractmethod
    async def child(
        self,
        key: str,
        kind: str,
        input: JsonObject,
        *,
        subject: str | None = None,
        until: datetime | None = None,
    ) -> JsonObject:
        """Start another job once and wait for its result. Raises ChildFailed when it does not succeed.

        After `until` it is cancelled, and has failed with the reason `timed_out`.
        """

    @abstractmethod
    def child_of(self, key: str) -> JobId:
        """Return which job was started under a key, once it has been waited for. Raises LookupError."""

    @abstractmethod
    async def emit(self, key: str, event: Event) -> None:
        """Tell a fact, durably and once: it is recorded with the next checkpoint."""

    @abstractmethod
    async def write(self, key: str, change: Change) -> None:
        """Write a capability's own rows once: they and the key are recorded with the next checkpoint.

        That is the transactional effect: a crash leaves both or neither. A change that its applier refuses
        fails the job with the applier's error.
        """

    @property
    @abstractmethod
    def is_cancelled(self) -> bool:
        """Return whether the job is being cancelled: what is saved and written now goes with the end of it.

        It is for a step that tidies up as its task is cancelled. Nothing else may be begun then.
        """

    @abstractmethod
    async def hint(self, delta: Delta) -> None:
        """Show live output to whoever watches now; nothing is stored."""

    @abstractmethod
    async def progress(self, percent: float, message: str = "") -> None:
        """Say how far the job is, from 0 to 100."""

    @abstractmethod
    async def save(
        self, key: str, content: Content, *, kind: str, media_type: str, place: str | None = None
    ) -> ArtifactRef:
        """Store bytes once under the key; the record comes with the next checkpoint.

        A place is their key in the artifact store, and nobody else's; without one it is made of the job.
        """

    @abstractmethod
    async def load(self, ref: ArtifactRef) -> bytes:
        """Return an artifact's bytes. Raises ArtifactDamaged when they are not those that were saved."""

    @abstractmethod
    def now(self, key: str) -> datetime:
        """Return the present moment, recorded with the next checkpoint: a replay sees the same."""

    @abstractmethod
    def new_id(self, key: str) -> str:
        """Return a new id, recorded with the next checkpoint: a replay sees the same."""


class Program(Protocol):
    """How one kind of job is played. It is replayed from the start: what it does lies in its steps."""

    kind: ClassVar[str]

    @abstractmethod
    def opening(self, job: Job) -> Event:
        """Return the first event of the job's log; it is stored with the job itself."""

    def throttle(self, job: Job) -> Throttle | None:
        """Return how many of its like run and wait beside the job; None: as many as there are workers for.

        It is asked when the job is handed in; a job above the limit waits, one above the waiting is refused.
        A child is never refused, for its parent was taken in.
        """
        return None

    def taken_in(self, job: Job) -> Sequence[Change]:
        """Return what is written with the job when it is handed in, also where it continues another one.

        An applier may refuse the job with it. It is not asked of a child.
        """
        return ()

    @abstractmethod
    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        """Play the job and return its result. Raises JobFailed to end it as failed."""

    async def ended(self, job: Job) -> None:
        """Clear away what plays have left on this machine; it never fails.

        It is called once the end that came of a play is recorded, a cancelled one too. A crash may pass it
        over, and a job that is cancelled while it waits has no play.
        """
        return
