"""How much of a mission providers' models are shown: what their windows hold, as far as they are known."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from taskforce.infrastructure.missions.models import KnownModels
from taskforce.settings import ModelAccess
from tests.integration.models.test_model_missions import reached, run
from tests.services.model_peer import ModelPeer
from tests.services.wire_turns import Call, Turn

ACCESS = {
    provider: ModelAccess(variable="KEY", key=SecretStr("sk-test"))
    for provider in ("openai", "anthropic", "google", "openai-compatible")
}
PAGES = 6
SMALL = 8_192
"""The window of gpt-4, of which half is for the reply."""


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("openai:gpt-4", SMALL),
        ("openai:gpt-4o-2024-08-06", 128_000),
        ("openai-responses:gpt-4o", 128_000),
        ("anthropic:claude-opus-4-1-20250805", 200_000),
        ("google:gemini-2.5-flash", 1_048_576),
        ("openai:a-model-that-nobody-knows", None),
        ("openai-compatible:qwen3@http://127.0.0.1:11434/v1", None),
        ("local:planner", None),
        ("script:turns.yaml", None),
    ],
)
def test_windows_are_known_by_the_list_of_public_prices(name: str, window: int | None) -> None:
    assert KnownModels(ACCESS, probe=False).window(name) == window


@pytest.mark.parametrize("family", ["openai", "openai-responses"])
async def test_a_small_window_is_kept_over_the_wire(tmp_path: Path, family: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "home" / "profiles").mkdir(parents=True)
    (tmp_path / "home" / "profiles" / "reader.yaml").write_text("tools: [file_read, fetch_result]\n")
    for page in range(1, PAGES + 1):
        (tmp_path / "work" / f"{page}.txt").write_text(f"page {page} ".ljust(3_000, "-"))
    reads = [Turn(calls=(Call(tool="file_read", arguments={"path": f"{n + 1}.txt"}),)) for n in range(PAGES)]
    again = Turn(calls=(Call(tool="fetch_result", arguments={"handle": "turn/1/call/1", "limit": 7}),))
    with ModelPeer([*reads, again, Turn(text="Read.")]) as peer, reached(peer, family):
        view, events = await run(tmp_path, f"{family}:gpt-4", profile="reader")

    assert (view.status.value, view.message) == ("completed", "Read.")
    bodies = [str(request.body) for request in peer.requests]
    assert "put away: 3000 characters from file_read; fetch_result handle=turn/1/call/1" in bodies[-1]
    assert max(map(len, bodies)) < SMALL / 2 * 3 + 1_000
    assert [event.message for event in events if event.event_type == "tool_result"][-1] == "page 1 "
