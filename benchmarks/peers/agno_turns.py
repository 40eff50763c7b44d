"""Durable turns, agno: its agent with history and its SQLite store."""

import json
from pathlib import Path
from typing import Any

from agno.agent import Agent
from agno.db.sqlite import SqliteDb
from agno.models.base import Model
from agno.models.response import ModelResponse

from benchmarks.child import told
from benchmarks.payload import TURN_ANSWER, TURN_ARGUMENTS, TURN_FOUND, TURN_QUESTION, TURN_TOOL
from benchmarks.peers.turns import measure

HISTORY = 20
"""Exchanges that the model is shown, as in our profile."""


def lookup(key: str) -> str:  # noqa: ARG001 - it finds the same for every key
    """Look a number up.

    Args:
        key: What is looked up.
    """
    return TURN_FOUND


class Scripted(Model):
    """Calls the tool, then answers."""

    def invoke(self, messages: list[Any], **_: Any) -> ModelResponse:  # noqa: ANN401 - as agno has it
        """Say the next thing."""
        if messages[-1].role == "tool":
            return ModelResponse(role="assistant", content=TURN_ANSWER)
        function = {"name": TURN_TOOL, "arguments": json.dumps(TURN_ARGUMENTS)}
        call = {"id": f"call-{len(messages)}", "type": "function", "function": function}
        return ModelResponse(role="assistant", tool_calls=[call])

    async def ainvoke(self, *given: Any, **named: Any) -> ModelResponse:  # noqa: ANN401 - as agno has it
        """Say the next thing."""
        return self.invoke(*given, **named)

    def invoke_stream(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as agno has it
        """Say the next thing in one piece."""
        yield self.invoke(*given, **named)

    async def ainvoke_stream(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as agno has it
        """Say the next thing in one piece."""
        yield self.invoke(*given, **named)

    def _parse_provider_response(self, response: Any, **_: Any) -> ModelResponse:  # noqa: ANN401 - as agno has it
        return ModelResponse(content=str(response))

    def _parse_provider_response_delta(self, response: Any) -> ModelResponse:  # noqa: ANN401 - as agno has it
        return ModelResponse(content=str(response))


def main() -> None:
    """Measure."""
    file = Path(told()["folder"]) / "agno.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True)
    store = SqliteDb(db_file=str(file))

    def turn(session: str) -> None:
        agent = Agent(
            model=Scripted(id="scripted"),
            db=store,
            tools=[lookup],
            add_history_to_context=True,
            num_history_runs=HISTORY,
            telemetry=False,
        )
        came = agent.run(TURN_QUESTION, session_id=session)
        if came.content != TURN_ANSWER:
            raise SystemExit(f"the turn came to {came}")

    measure(turn, file)


if __name__ == "__main__":
    main()
