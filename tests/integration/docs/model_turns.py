"""What the model says to whom follows the pages."""

from collections.abc import Mapping
from pathlib import Path

from tests.services.model_peer import ModelPeer
from tests.services.wire_turns import Call, Turn

PAGE = "use-a-real-model.md"
TURNS = (
    Turn(text="I look.", calls=(Call(tool="list_files"),)),
    Turn(text="A shop: its orders, its log, and a forecast in Python."),
)


def provider_for(page: Path, peer: ModelPeer) -> Mapping[str, str]:
    """Return where a page's provider is: the page that shows a key gets one on loopback."""
    return {"OPENAI_BASE_URL": f"{peer.url}/v1"} if page.name == PAGE else {}
