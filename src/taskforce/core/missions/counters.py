"""What is counted of missions."""

from taskforce.core.telemetry import Counter

MISSIONS = Counter(
    name="taskforce_missions_total", help="Missions that have ended, by how.", labels=("status", "profile")
)
TURNS = Counter(
    name="taskforce_turns_total", help="Model calls that were answered and recorded.", labels=("model",)
)
TOKENS = Counter(
    name="taskforce_tokens_total",
    help="Tokens of recorded model calls, by what they were: input or output.",
    labels=("model", "type"),
)
COST = Counter(
    name="taskforce_cost_dollars_total",
    help="Price of recorded model calls, in US dollars.",
    labels=("model",),
)
TOOL_CALLS = Counter(
    name="taskforce_tool_calls_total",
    help="Tool calls that were run and recorded, by what came of them: done or failed.",
    labels=("tool", "outcome"),
)
COUNTERS = (MISSIONS, TURNS, TOKENS, COST, TOOL_CALLS)

_FILES = frozenset({"script", "replay"})


def label_of(model: str) -> str:
    """Return a model's name as a label: of one that reads a file, only the kind."""
    kind = model.partition(":")[0]
    return kind if kind in _FILES else model
