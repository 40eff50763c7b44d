"""Storyboards by the language models of missions, over a provider's real format."""

import json

import pytest

from taskforce.application.wiring.video_storytellers import MissionStorytellers
from taskforce.core.errors import Exhausted, Unavailable
from taskforce.core.videos.errors import ContentRefused, ProviderFailed, ProviderNotReady
from taskforce.core.videos.model import AspectRatio
from taskforce.core.videos.ports import Brief, RefusedAnswer
from taskforce.core.videos.storyboard import Storyboard, read_storyboard
from taskforce.infrastructure.missions.models import KnownModels
from taskforce.infrastructure.missions.planner import NAME as PLANNER
from taskforce.infrastructure.videos.scripts import GOES_ON, ModelScripts
from taskforce.settings import ModelAccess, model_access
from tests.integration.models.wires import access_to
from tests.integration.videos.film_models import GUIDE, SCENE
from tests.services.model_peer import ModelPeer
from tests.services.wire_turns import Fault, Turn

NAME = "openai:gpt-6-luna"
BRIEF = Brief(
    prompt="A fox crosses a bridge",
    style="storybook",
    scenes=1,
    clip_duration=5,
    aspect_ratio=AspectRatio.TALL,
    seed=0,
)
BOARD = Storyboard(style_guide=GUIDE, scenes=(SCENE.model_copy(update={"index": 0}),))


def storytellers(peer: ModelPeer | None, *, setting: str | None = None) -> MissionStorytellers:
    """Return those of missions; OpenAI is the peer, and the others have no key."""
    access: dict[str, ModelAccess] = dict(model_access())
    if peer is not None:
        access["openai"] = access_to(peer, "openai")
    return MissionStorytellers(KnownModels(access, probe=False), setting=setting)


def scripts_at(peer: ModelPeer) -> ModelScripts:
    return ModelScripts(storytellers(peer).open(NAME))


@pytest.fixture(autouse=True)
def _without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "GOOGLE_API_KEY",
        "GEMINI_API_KEY",
        "OPENAI_BASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)


async def test_a_storyboard_is_asked_for_by_its_form() -> None:
    with ModelPeer([Turn(text=BOARD.model_dump_json())]) as peer:
        text = await scripts_at(peer).write(BRIEF, refused=[])
        (request,) = peer.requests
    assert read_storyboard(text, scenes=1) == BOARD
    said = [message["content"] for message in request.body["messages"]]
    assert "Scenes: exactly 1 of 5 s each, index 0 to 0." in said[-1]
    assert {"Film: A fox crosses a bridge", "Style: storybook", "Format: 9:16"} <= set(said[-1].split("\n"))
    assert "start_frame_prompt" in json.dumps(request.body["response_format"])


async def test_what_was_wrong_with_earlier_answers_is_said_in_turn() -> None:
    with ModelPeer([Turn(text="no"), Turn(text=BOARD.model_dump_json())]) as peer:
        refused = [RefusedAnswer(text="no", problem="answer: Invalid JSON")]
        assert await scripts_at(peer).write(BRIEF, refused=refused) == BOARD.model_dump_json()
        (request,) = peer.requests
    roles = [(message["role"], message["content"]) for message in request.body["messages"]][-2:]
    assert roles[0] == ("assistant", "no")
    assert roles[1][0] == "user"
    assert roles[1][1].startswith("This cannot be used: answer: Invalid JSON")


async def test_a_film_that_goes_on_is_told_what_there_is() -> None:
    longer = Brief(
        prompt=BRIEF.prompt,
        style=BRIEF.style,
        scenes=2,
        clip_duration=5,
        aspect_ratio=AspectRatio.WIDE,
        seed=0,
        earlier=BOARD,
    )
    with ModelPeer([Turn(text="{}")]) as peer:
        await scripts_at(peer).write(longer, refused=[])
        said = peer.requests[0].body["messages"][-1]["content"].split("\n")
    assert "Scenes: exactly 2 of 5 s each, index 1 to 2." in said
    assert said[-2:] == [GOES_ON, BOARD.model_dump_json()]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.BUSY_SECONDS, Unavailable),
        (Fault.BROKEN, Unavailable),
        (Fault.CUT, Unavailable),
        (Fault.WRONG_KEY, ProviderFailed),
        (Fault.UNKNOWN_MODEL, ProviderFailed),
    ],
)
async def test_what_goes_wrong_is_told_as_with_pictures(fault: Fault, error: type[Exception]) -> None:
    with ModelPeer([Turn(text="{}", faults=(fault,))]) as peer:
        with pytest.raises(error) as raised:
            await scripts_at(peer).write(BRIEF, refused=[])
        assert len(peer.requests) == 1
    if fault is Fault.BUSY_SECONDS:
        assert isinstance(raised.value, Exhausted | Unavailable)
        assert raised.value.retry_after.total_seconds() == 2


async def test_a_model_that_refuses_the_content_is_told_so() -> None:
    with ModelPeer([Turn(text="I will not.", end="refusal")]) as peer, pytest.raises(ContentRefused):
        await scripts_at(peer).write(BRIEF, refused=[])


def test_the_model_of_the_settings_comes_first_and_the_planner_is_none() -> None:
    known = storytellers(None).names()
    assert known == (
        "openai:gpt-6-luna",
        "openai-responses:gpt-6-luna",
        "anthropic:claude-sonnet-5-5",
        known[-1],
    )
    assert storytellers(None, setting="openai:gpt-own").names() == ("openai:gpt-own", *known)
    assert storytellers(None, setting=PLANNER).names() == known


def test_one_without_a_key_is_not_opened() -> None:
    with pytest.raises(ProviderNotReady, match=r"cannot be used here\. Set OPENAI_API_KEY\.$"):
        storytellers(None).open(NAME)
