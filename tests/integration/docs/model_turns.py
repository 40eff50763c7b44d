"""What the model says to whom follows the pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.services.model_peer import ModelPeer
from tests.services.wire_turns import Call, Turn

TURNS: Mapping[str, Sequence[Turn]] = {
    "use-a-real-model.md": (
        Turn(text="I look.", calls=(Call(tool="list_files"),)),
        Turn(text="A shop: its orders, its log, and a forecast in Python."),
    ),
    "first-tool.md": (
        Turn(
            text="I run what the shop has for that.",
            calls=(Call(tool="python", arguments={"code": "import runpy\nrunpy.run_path('reorder.py')"}),),
        ),
        Turn(calls=(Call(tool="order_goods", arguments={"product": "Headset", "pieces": 40}),)),
        Turn(text="Headsets last for less than four weeks. You agreed to 25, and they are ordered."),
    ),
}
"""By the name of the page: those that show a key."""


def turns_for(page: Path) -> Sequence[Turn]:
    """Return what the model of a page says."""
    return TURNS.get(page.name, ())


def provider_for(page: Path, peer: ModelPeer) -> Mapping[str, str]:
    """Return where a page's provider is: a page that shows a key gets one on loopback."""
    return {"OPENAI_BASE_URL": f"{peer.url}/v1"} if page.name in TURNS else {}
