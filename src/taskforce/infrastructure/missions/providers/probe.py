"""Looks for OpenAI-compatible servers on this machine: one question to each of the usual ports, at once."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

HOST = "127.0.0.1"
PORTS = (11434, 8080, 1234, 8000)
"""Where Ollama, llama.cpp, LM Studio and vLLM listen."""
PATIENCE = timedelta(milliseconds=150)
LONGEST = 1024 * 1024


def base_url(port: int) -> str:
    """Return the address of a server on this machine."""
    return f"http://{HOST}:{port}/v1"


async def first_served(ports: Sequence[int] = PORTS) -> tuple[int, str] | None:
    """Return the first port that serves a model, and the model; all are asked at once."""
    found = await asyncio.gather(*(_served(port) for port in ports))
    return next(((port, model) for port, model in zip(ports, found, strict=True) if model), None)


async def _served(port: int) -> str | None:
    with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return _chat_model(await _listing(port))
    return None


async def _listing(port: int) -> bytes:
    """Return the answer to GET /v1/models; by HTTP/1.0, whose answers end with the connection."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(
            f"GET /v1/models HTTP/1.0\r\nHost: {HOST}:{port}\r\nAccept: application/json\r\n\r\n".encode()
        )
        await writer.drain()
        answer = b""
        while len(answer) < LONGEST and (piece := await reader.read(LONGEST - len(answer))):
            answer += piece
        return answer
    finally:
        writer.close()


def _chat_model(answer: bytes) -> str | None:
    """Return the first model listed that is not for embeddings. Raises ValueError when this is no JSON."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if head.split(b" ")[1:2] != [b"200"]:
        return None
    listing = json.loads(body)
    models = listing.get("data") if isinstance(listing, dict) else None
    names = [one.get("id") for one in models or [] if isinstance(one, dict)]
    return next((name for name in names if isinstance(name, str) and name and "embed" not in name), None)
