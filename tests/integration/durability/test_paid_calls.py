"""Processes killed around calls that cost money: what a model has answered is never asked for again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.processes import said, script, taskforce
from tests.integration.records import job_of, lines_of, log_of
from tests.services.model_peer import KEY, ModelPeer
from tests.services.wire_formats import MODEL
from tests.services.wire_turns import Call, Fault, Turn

pytestmark = pytest.mark.durability

SIGNALLED = Path(__file__).with_name("signalled_driver.py")
KILLED = -9
SECOND = {
    "pure": Call(tool="file_read", arguments={"path": "a.txt"}),
    "idempotent": Call(tool="file_write", arguments={"path": "b.txt", "content": "b\n"}),
    "once": Call(tool="file_append", arguments={"path": "c.txt", "content": "c\n"}),
}


def turns_with(second: Call, *faults: Fault) -> tuple[Turn, ...]:
    """A mission of three turns: three tools, one more, an answer."""
    first = Call(tool="file_write", arguments={"path": "a.txt", "content": "a\n"})
    third = Call(tool="list_files", arguments={})
    return (
        Turn(text="I begin.", calls=(first, second, third)),
        Turn(text="I look again, and take my time to say so.", calls=(third,), faults=faults),
        Turn(text="Done."),
    )


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def provider() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENAI_API_KEY", KEY)
        yield environment


def words_for(work: Path) -> tuple[str, ...]:
    return ("run", "mission", "Go", "--model", f"openai:{MODEL}", "--workspace", str(work), "--json")


def killed_at(place: str, peer: ModelPeer, provider: pytest.MonkeyPatch, work: Path) -> Path:
    """Run the mission in a process that dies at a place, and let another go on; return the home."""
    provider.setenv("OPENAI_BASE_URL", f"{peer.url}/v1")
    home = work.parent / "home"
    with script(SIGNALLED, home, "SIGKILL", place, *words_for(work), workspace_roots=work.parent) as process:
        assert process.wait().code == KILLED
    assert said(home, "worker", "--until-idle", workspace_roots=work.parent).code == 0
    return home


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        ("step.start:turn/2/model", 1),
        ("step.done:turn/2/model", 2),
        ("step.done.recorded:turn/2/model", 1),
        ("step.start:turn/2/call/1/run", 1),
        ("step.done.recorded:turn/3/model", 1),
        ("job.ending", 1),
    ],
)
def test_only_an_answer_that_was_not_recorded_yet_is_asked_for_again(
    place: str, asked: int, provider: pytest.MonkeyPatch, work: Path
) -> None:
    with ModelPeer(turns_with(SECOND["pure"])) as peer:
        home = killed_at(place, peer, provider, work)
        assert peer.tries == {0: 1, 1: asked, 2: 1}

    job = job_of(home)
    assert job.status is JobStatus.SUCCEEDED
    assert [message for _, kind, message, _ in lines_of(home, job.id) if kind == "final_answer"] == ["Done."]


def test_killed_while_a_model_answers_the_next_process_asks_that_alone_again(
    provider: pytest.MonkeyPatch, work: Path
) -> None:
    home = work.parent / "home"
    with ModelPeer(turns_with(SECOND["pure"], Fault.STALLED)) as peer:
        provider.setenv("OPENAI_BASE_URL", f"{peer.url}/v1")
        with taskforce(home, *words_for(work), workspace_roots=work.parent) as process:
            assert peer.stalled.wait(30)
            process.kill()
        assert peer.hung_up.wait(5)
        assert said(home, "worker", "--until-idle", workspace_roots=work.parent).code == 0
        assert peer.tries == {0: 1, 1: 2, 2: 1}

    assert job_of(home).status is JobStatus.SUCCEEDED


@pytest.mark.parametrize("effect", ["pure", "idempotent"])
@pytest.mark.parametrize("moment", ["step.start", "step.done", "step.done.recorded"])
def test_killed_in_the_second_of_three_tools_no_model_call_is_paid_again(
    effect: str, moment: str, provider: pytest.MonkeyPatch, work: Path
) -> None:
    with ModelPeer(turns_with(SECOND[effect])) as peer:
        home = killed_at(f"{moment}:turn/1/call/2/run", peer, provider, work)
        assert peer.tries == {0: 1, 1: 1, 2: 1}

    assert job_of(home).status is JobStatus.SUCCEEDED
    assert (work / "a.txt").read_text() == "a\n"


@pytest.mark.parametrize("moment", ["step.start", "step.done"])
def test_a_call_that_may_happen_once_waits_for_a_person_and_the_model_is_not_asked_meanwhile(
    moment: str, provider: pytest.MonkeyPatch, work: Path
) -> None:
    with ModelPeer(turns_with(SECOND["once"])) as peer:
        home = killed_at(f"{moment}:turn/1/call/2/run", peer, provider, work)
        job = job_of(home)
        assert (job.status, peer.tries) == (JobStatus.WAITING, {0: 1})
        happened = moment == "step.done"
        assert (work / "c.txt").exists() == happened

        (question,) = [told.event for told in log_of(home, job.id) if told.event.type == "approval_required"]
        session = (job.subject or "").removeprefix("session/")
        decision = ("--decision", "skip" if happened else "repeat")
        wait = str(question.details["wait_id"])
        assert (
            said(home, "sessions", "respond", session, wait, *decision, workspace_roots=work.parent).code == 0
        )
        assert said(home, "worker", "--until-idle", workspace_roots=work.parent).code == 0
        assert peer.tries == {0: 1, 1: 1, 2: 1}

    assert job_of(home).status is JobStatus.SUCCEEDED
    assert (work / "c.txt").read_text() == "c\n"
