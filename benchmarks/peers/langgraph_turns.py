"""Durable turns, LangGraph: `create_react_agent` with its SQLite saver."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.prebuilt import create_react_agent

from benchmarks.child import told
from benchmarks.payload import TURN_ANSWER, TURN_ARGUMENTS, TURN_FOUND, TURN_QUESTION, TURN_TOOL
from benchmarks.peers.turns import measure


@tool
def lookup(key: str) -> str:  # noqa: ARG001 - it finds the same for every key
    """Look a number up."""
    return TURN_FOUND


class Scripted(BaseChatModel):
    """Calls the tool, then answers."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> "Scripted":  # noqa: ANN401 - as LangChain has it
        """Keep nothing of them."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any | None = None,  # noqa: ANN401 - as LangChain has it
        **_: Any,  # noqa: ANN401 - as LangChain has it
    ) -> ChatResult:
        call = {"name": TURN_TOOL, "args": TURN_ARGUMENTS, "id": f"call-{len(messages)}"}
        said = (
            AIMessage(content=TURN_ANSWER)
            if isinstance(messages[-1], ToolMessage)
            else AIMessage(content="", tool_calls=[call])
        )
        return ChatResult(generations=[ChatGeneration(message=said)])


def main() -> None:
    """Measure; `durability` is LangGraph's word, None is its default."""
    asked = told()
    file = Path(asked["folder"]) / "langgraph.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True)
    given = {"durability": asked["durability"]} if asked["durability"] else {}
    with SqliteSaver.from_conn_string(str(file)) as saver, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the agent moves to another package one day; it is the one that is named
        make: Callable[..., Any] = create_react_agent
        agent = make(Scripted(), [lookup], checkpointer=saver)

        def turn(session: str) -> None:
            question = {"messages": [("user", TURN_QUESTION)]}
            came = agent.invoke(question, {"configurable": {"thread_id": session}}, **given)
            if came["messages"][-1].content != TURN_ANSWER:
                raise SystemExit(f"the turn came to {came}")

        measure(turn, file)


if __name__ == "__main__":
    main()
