"""A server of tools, made with the official SDK: on stdin and stdout, or over HTTP as `tool_server.py PORT`.

What happens in it, it writes down in the file that LEDGER names. Over HTTP it wants the key that SHOP_KEY
holds, and sends whoever asks for /moved to the address that ELSEWHERE names.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel

LEDGER = Path(os.environ.get("LEDGER", os.devnull))
PATIENCE = 60.0
PIXEL = bytes.fromhex("89504e470d0a1a0a") + b"picture"

shop = MCPServer("shop")


def note(line: str) -> None:
    with LEDGER.open("a") as ledger:
        ledger.write(f"{line}\n")


def noted() -> list[str]:
    return LEDGER.read_text().splitlines() if LEDGER.is_file() else []


class Amount(BaseModel):
    """What something costs."""

    francs: float


@shop.tool(annotations=ToolAnnotations(read_only_hint=True))
def price(item: str, count: int = 1) -> Amount:
    """Say what an item costs."""
    return Amount(francs=2.5 * count if item else 0)


@shop.tool(annotations=ToolAnnotations(idempotent_hint=True))
def order(item: str) -> str:
    """Order an item."""
    note(f"order {item}")
    return f"{item} is ordered."


@shop.tool()
async def meet(name: str) -> str:
    """Wait for another one."""
    note(f"meet {name}")
    for _ in range(100):
        if len([line for line in noted() if line.startswith("meet ")]) > 1:
            return f"{name} met somebody."
        await asyncio.sleep(0.05)
    return f"{name} met nobody."


@shop.tool()
async def stall(text: str) -> str:
    """Take for ever, the first time."""
    note(f"stall {text}")
    if noted().count(f"stall {text}") == 1:
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            note(f"cancelled {text}")
            raise
    return f"{text} is done."


@shop.tool()
async def progress(context: Context[Any, Any]) -> str:
    """Tell how far it is."""
    await context.report_progress(1, 2, "half")
    await context.report_progress(2, 2, os.environ["SHOP_KEY"])
    return "Done."


@shop.tool()
def refuse() -> str:
    """Fail."""
    raise ValueError("Closed on Mondays.")


@shop.tool()
def die() -> str:
    """End the whole server."""
    sys.stderr.write(f"dying, and the key is {os.environ.get('SHOP_KEY')}\n")
    sys.stderr.flush()
    os._exit(3)


@shop.tool()
def hang() -> str:
    """Block the whole server."""
    time.sleep(PATIENCE)  # so that it answers nothing else either
    return "Late."


@shop.tool()
def picture() -> Image:
    """Show a picture."""
    return Image(data=PIXEL, format="png")


@shop.tool(structured_output=False)
def flood(mib: int) -> str:
    """Say a lot."""
    return "x" * (mib * 1024 * 1024)


@shop.tool()
def tell_key() -> dict[str, str]:
    """Tell what is not to be told."""
    return {
        "key": os.environ["SHOP_KEY"],
        "quoted": f'"{os.environ["SHOP_KEY"]}"',
        "home": os.environ["HOME"],
    }


@shop.tool()
async def ask(context: Context[Any, Any]) -> str:
    """Ask the user something."""
    return str(await context.elicit("How much?", Amount))


@shop.tool()
def environment() -> str:
    """Tell which variables there are, and where this is."""
    return " ".join(sorted(os.environ)) + f" in {Path.cwd()} with {sorted(map(str, Path().iterdir()))}"


async def door(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own
    """Let in whoever has the key."""
    if scope["type"] == "http":
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        key = headers.get("authorization", "nothing")
        note(f"{scope['method']} {scope['path']} with {key}")
        elsewhere = os.environ.get("ELSEWHERE", "").encode()
        if scope["path"] == "/moved":
            await _answer(send, 307, [(b"location", elsewhere)])
            return
        if "SHOP_KEY" in os.environ and key != f"Bearer {os.environ['SHOP_KEY']}":
            await _answer(send, 401, [])
            return
    await app(scope, receive, send)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]]) -> None:  # noqa: ANN401 - the same
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        app = shop.streamable_http_app(json_response="json" in sys.argv)
        uvicorn.run(door, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
    else:
        shop.run()
