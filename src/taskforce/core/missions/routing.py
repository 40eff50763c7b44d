"""Which model does what: the roles of a mission, and who is asked in each."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from taskforce.core.missions.model import Frozen

FROM_REQUEST = "request"
FROM_PROFILE = "profile"
FROM_SETTINGS = "settings"
FROM_NOTHING = "default"


class Role(StrEnum):
    """What a model is asked for: a plan, the next step, or a summary of what was."""

    PLANNING = "planning"
    ACTING = "acting"
    SUMMARISING = "summarising"


class ChosenModel(Frozen):
    """A model, and what settled that it is this one.

    That is `request`, `profile`, `settings`, the variable that holds a provider's key, the address of a
    server on this machine, or `default`.
    """

    name: str
    chosen_by: str


class ModelOffer(Frozen):
    """A model, or a family of models, and whether it can be asked from here."""

    name: str
    description: str
    missing: str | None = None
    """What to do first; None when nothing is missing."""


def in_order(
    role: Role, *, model: str, roles: Mapping[Role, str], fallbacks: Sequence[str]
) -> tuple[str, ...]:
    """Return the models to ask in a role: its own, the mission's, then those that stand in; each once."""
    return tuple(dict.fromkeys((roles.get(role, model), model, *fallbacks)))
