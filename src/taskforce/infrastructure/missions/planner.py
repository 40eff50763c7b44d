"""The model `local:planner`: plain missions become tool calls by rules, without any language model."""

from taskforce.core.missions.model import ModelReply, ModelRequest
from taskforce.core.missions.planning.decision import decide
from taskforce.core.missions.ports import ChatModel, Text

NAME = "local:planner"


class LocalPlanner(ChatModel):
    """Keeps nothing between requests: the same conversation always gets the same reply."""

    @property
    def name(self) -> str:
        return NAME

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        reply = decide(request)
        if reply.text:
            await on_text(reply.text)
        return reply
