"""Phrases that write earlier results to a file."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

from taskforce.core.missions.planning.context import NotUnderstood, Referent, Slots, Step, python
from taskforce.core.missions.planning.programs import SAVABLE

_RESULT = "(<one:oneresult>|<many:manyresults>)"
_TO = "(to|into|in|as) [new] [text|csv|json|markdown] [file] [called|named] <target>"
_VERB = "(save|write|store|export|put|output|dump|print)"

SAVE_PHRASES: tuple[str, ...] = (
    f"{_VERB} {_RESULT} {_TO}",
    f"{_VERB} {_TO}",
    f"(create|make|write|save|generate) [new] [markdown|text] [short] (<report:reportword>|file) [called|named] <target> (with|of|from|containing|that contains|listing) {_RESULT}",
    f"(create|make|write|generate) [new] <target> (with|from|containing|that contains) {_RESULT}",
    f"(create|make|write|save|generate) [short] <report:reportword> [(of|with|from|on|about) {_RESULT}] (to|in|into|as|called|named) [file] <target>",
    f"(save|write|store|export|put|output|dump|extract|collect) <what:rest> {_TO}",
    "(create|make|write|generate) [new] [text|csv|json|markdown] [file] [called|named] <target> (with|containing|that contains|listing) <what:rest>",
)

_BOTH = 2
_VALUE_FILES = (".txt", ".md", ".log", ".text", ".out")


def save(slots: Slots) -> Step:
    """Return the step that writes the results that are meant."""
    target = slots.text("target")
    if target.endswith("/"):
        raise NotUnderstood
    done = [place for place, step in enumerate(slots.before) if not step.is_silent]
    if not done:
        raise NotUnderstood
    results = [place for place in done if slots.before[place].leaves.savable]
    results = [place for place in results if slots.before[place].tool != "file_read"] or results
    wants_all = slots.has("many") or (slots.has("report") and not slots.has("one"))
    if slots.has("many") and slots.values["many"].lower().startswith("both") and len(results) != _BOTH:
        raise NotUnderstood
    if wants_all and len(results) > 1:
        return _written(target, tuple(results), style="report")
    last = slots.before[done[-1]]
    if not last.leaves.savable:
        raise NotUnderstood
    if slots.has("report") and target.endswith(".md"):
        return _written(target, (done[-1],), style="report")
    if last.program in SAVABLE:
        return last.saving(target)
    if last.tool == "file_read":
        scopes = [{"path": last.arguments["path"]}]
        return python(
            "transfer", {"scopes": [*scopes], "target": target, "move": False, "into": False}, path=target
        )
    return _written(target, (done[-1],), style="value")


def _written(target: str, places: tuple[int, ...], *, style: str) -> Step:
    if not target.lower().endswith(_VALUE_FILES) and "." in target.rpartition("/")[2]:
        raise NotUnderstood
    if style == "value" and target.lower().endswith(".md"):
        style = "line"
    return Step(
        tool="file_write",
        arguments={"path": target},
        leaves=Referent(path=target),
        content_of=places,
        style=style,
    )
