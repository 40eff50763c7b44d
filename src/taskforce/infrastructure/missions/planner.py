"""The model `local:planner`: plain missions become tool calls by rules, without any language model."""

import asyncio

from taskforce.core.missions.model import ModelReply, ModelRequest, UserMessage
from taskforce.core.missions.ports import ChatModel, Text

NAME = "local:planner"

_LONG = 2_000
"""From how many characters on a mission is read in a thread, so that others are not kept waiting."""


class LocalPlanner(ChatModel):
    """Keeps nothing between requests: the same conversation always gets the same reply."""

    @property
    def name(self) -> str:
        return NAME

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        # Reading plain words takes a grammar, and the grammar longer to load than most commands take.
        from taskforce.core.missions.planning.decision import decide  # noqa: PLC0415

        words = sum(len(one.text) for one in request.messages if isinstance(one, UserMessage))
        reply = decide(request) if words < _LONG else await asyncio.to_thread(decide, request)
        if reply.text:
            await on_text(reply.text)
        return reply
