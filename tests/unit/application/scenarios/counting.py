"""A simulator that counts: state and replications are numbers, so one can read what went on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256

from taskforce.application.scenarios.keeping_files import RunResult
from taskforce.application.scenarios.program import ScenarioProgram
from taskforce.core.artifacts import Content, StoredBytes
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.scenarios.model import RunFacts, SnapshotId
from taskforce.core.scenarios.ports import Evaluated, Evaluation, Evaluator, MadeFile, Simulator, Slice, Tell
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.task import KIND, GivenPlant, RunTask
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from tests.stage import Stage

PLANT = b"{}"
TO = 4


class Counter(Simulator):
    """Counts to four; each number is a slice to be kept, and a replication."""

    def __init__(self) -> None:
        self.began: list[int] = []
        """From where it went on each time."""
        self.meanwhile: Callable[[int], Awaitable[object]] = _nothing
        """What happens before a slice comes."""

    @asynccontextmanager
    async def play(
        self, plant: bytes, scenario: ScenarioConfig, state: bytes
    ) -> AsyncIterator[AsyncIterator[Slice]]:
        assert plant == PLANT
        yield self._slices(int(state.split()[0]) if state else 0)

    async def _slices(self, begin: int) -> AsyncIterator[Slice]:
        self.began.append(begin)
        who = len(self.began)
        for number in range(begin + 1, TO + 1):
            await self.meanwhile(number)
            state = b"" if number == TO else b"%d by %d" % (number, who)
            yield Slice(done=number / TO, state=state, ended=(b"%d by %d" % (number, who),))


async def _nobody() -> None:
    return


async def _nothing(_: object) -> None:
    return


class Parts(MemoryArtifactStore):
    """Where simulations leave their parts."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[str], Awaitable[object]] = _nothing
        """What happens before something is stored under a key."""

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        await self.meanwhile(key)
        return await super().put(key, content, media_type=media_type)


class Listing(Evaluator):
    """Lists the replications in a file."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Awaitable[object]] = _nobody
        """What happens each time it has told how far it is."""

    def check(self) -> None:
        return

    async def evaluate(
        self, plant: bytes, facts: RunFacts, replications: Sequence[bytes], *, tell: Tell
    ) -> Evaluation:
        for share in (0.2, 0.6):
            await tell(share)
            await self.meanwhile()
        content = b"\n".join(replications)
        file = MadeFile(name="kpis.json", kind="kpis", media_type="text/plain", content=content)
        return Evaluation(kpis={"count": len(replications)}, files=(file,))

    async def debrief(self, run: Evaluated, baseline: Evaluated | None) -> tuple[MadeFile, ...]:
        raise NotImplementedError


class CountingStage(Stage):
    """A stage on which runs are counted."""

    def __init__(self, *, most_bytes: int = 1_000) -> None:
        super().__init__()
        self.counter = Counter()
        self.parts = Parts()
        self.lists = Listing()
        self.programs[KIND] = ScenarioProgram(
            artifacts=self.parts, simulator=self.counter, evaluator=self.lists, most_bytes=most_bytes
        )

    async def hand_in(self) -> JobId:
        await self.parts.put("default/plant", PLANT, media_type="application/json")
        plant = GivenPlant(
            snapshot_id=SnapshotId("s"),
            key="default/plant",
            size=len(PLANT),
            checksum=sha256(PLANT).hexdigest(),
        )
        task = RunTask(plant=plant, scenario=ScenarioConfig())
        return await self.submit(KIND, task.model_dump(mode="json"))

    def left_by(self, job: JobId) -> list[str]:
        """Return what a job's simulation has in the store."""
        places = [f"default/{job}/{kind}/" for kind in ("state", "replication")]
        return sorted(key for key in self.parts.keys if any(map(key.startswith, places)))

    async def made_by(self, job: Job) -> list[str]:
        """Return the replications that the result of a job is made of."""
        assert job.outcome is not None
        assert job.outcome.result is not None, job.outcome.failure
        (file,) = RunResult.model_validate(job.outcome.result).files
        return (await self.artifacts.read(file.ref)).decode().split("\n")
