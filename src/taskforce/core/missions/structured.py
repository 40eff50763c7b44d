"""Structured output: a model's text as a value, and what the model is told when it is none."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from taskforce.core.missions.errors import OutputInvalid
from taskforce.core.missions.model import AssistantMessage, ModelReply, ModelRequest, UserMessage

M = TypeVar("M", bound=BaseModel)

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)


def wanting(request: ModelRequest, kind: type[BaseModel]) -> ModelRequest:
    """Return the request for a value of this kind."""
    return request.model_copy(update={"output": kind.model_json_schema()})


def value_of(kind: type[M], reply: ModelReply) -> M:
    """Return what was said as a value. Raises OutputInvalid with what is wrong about it."""
    fenced = _FENCED.fullmatch(reply.text)
    try:
        return kind.model_validate_json(fenced[1] if fenced else reply.text)
    except ValidationError as wrong:
        places = (
            f"{'.'.join(map(str, error['loc'])) or 'the text'}: {error['msg']}"
            for error in wrong.errors(include_url=False, include_input=False)
        )
        raise OutputInvalid("; ".join(places)) from wrong


def corrected(request: ModelRequest, reply: ModelReply, problem: OutputInvalid) -> ModelRequest:
    """Return the request that tells the model, once, what was wrong with its reply."""
    said = AssistantMessage(text=reply.text or "(nothing)")
    told = UserMessage(text=f"{problem.message} Answer again, with that JSON alone.")
    return request.model_copy(update={"messages": (*request.messages, said, told)})
