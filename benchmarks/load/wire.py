"""HTTP/1.1 over a stream, with the least that a client needs: it is not to be what is measured."""

import asyncio
from collections.abc import Mapping


class Wire:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self._reader = reader
        self._writer = writer
        self._port = port

    @classmethod
    async def open(cls, port: int) -> "Wire":
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, port)

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request and return status and body of the answer."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        begin = lower.index(b"content-length:") + len(b"content-length:")
        length = int(lower[begin : lower.index(b"\r\n", begin)])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        """Leave."""
        self._writer.close()
