"""What references stand for: filled in where a server is reached, and taken out of whatever it says."""

import json
from collections.abc import Callable, Iterable

from pydantic import JsonValue

from taskforce.core.missions.errors import ToolServerUnfit
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.redaction import MARK, SHORTEST, Redaction
from taskforce.core.missions.references import filled

Variable = Callable[[str], str | None]
"""Returns what an environment variable holds; None when it is not set."""


class Secrets:
    """Takes values out of texts. A path is no secret, and a short value would blot out ordinary words."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = {value for value in values if len(value) >= SHORTEST and not value.startswith("/")}
        escaped = {json.dumps(value)[1:-1] for value in known}
        self._known = sorted(known | escaped, key=len, reverse=True)
        self._redaction = Redaction(self._known)

    def hidden(self, text: str) -> str:
        """Return a result's text without the values."""
        for value in self._known:
            text = text.replace(value, MARK)
        return text

    def hidden_in(self, document: JsonValue) -> JsonValue:
        """Return a document without the values; its form stays the same."""
        if isinstance(document, str):
            return self.hidden(document)
        if isinstance(document, list):
            return [self.hidden_in(one) for one in document]
        if isinstance(document, dict):
            return {self.hidden(name): self.hidden_in(value) for name, value in document.items()}
        return document

    def cleaned(self, text: str) -> str:
        """Return what is told of a failure, without the values and without whatever looks like a secret."""
        return self._redaction.text(text)


def resolved(name: str, server: McpServer, variable: Variable) -> tuple[McpServer, Secrets]:
    """Return the server with its references filled in, and what is to be hidden. Raises ToolServerUnfit."""
    values: set[str] = set()

    def value_of(reference: str) -> str:
        value = (variable(reference) or "").strip()
        if not value:
            problem = f"the environment variable {reference} is not set where missions are played."
            raise ToolServerUnfit(name, f"{problem} Set it there.")
        if not value.isprintable():
            raise ToolServerUnfit(name, f"the environment variable {reference} holds more than one line.")
        values.add(value)
        return value

    def fill(text: str) -> str:
        return filled(text, value_of)

    changes = {
        "command": server.command and fill(server.command),
        "args": tuple(map(fill, server.args)),
        "env": {key: fill(value) for key, value in server.env.items()},
        "cwd": server.cwd and fill(server.cwd),
        "url": server.url and fill(server.url),
        "headers": {key: fill(value) for key, value in server.headers.items()},
    }
    return server.model_copy(update=changes), Secrets(values)
