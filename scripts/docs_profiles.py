"""The reference of profiles and tools, written from the profile's own fields."""

from collections.abc import Iterator
from typing import Any, get_args

import yaml
from docs_markdown import code, default_of, first_line, table, words_of_fields
from pydantic import BaseModel

from taskforce.core.documents import JsonObject
from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.profile import Profile
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from taskforce.infrastructure.missions.yaml_profiles import SHIPPED

MORE = {
    "approval": "[What asking looks like](../how-to/answer-a-question.md).",
    "model_settings": "[More about models](../how-to/use-a-real-model.md).",
    "sandbox": "[What it holds](../explanation/sandbox.md).",
    "mcp_servers": "[How to use one](../how-to/use-an-mcp-server.md).",
    "session_limits": "[An example](../how-to/write-a-profile.md#limits-of-a-session).",
}
"""Where a key that is a mapping is told at more length."""


def profiles() -> str:
    """Return the page of profiles and tools."""
    keys = [("`extends`", "", "the name of a profile", "The profile to start from."), *_keys(Profile)]
    return f"""# Profiles and tools

A profile is a file `NAME.yaml`: in the package, in `profiles/` of the user's folder
(`~/.config/taskforce`), or in `profiles/` of the home; the later one wins. `extends: OTHER` takes over what
the file itself does not say, key by key. An unknown key is an error that names file and line. A mission keeps
the profile as it was when the mission was accepted.

{table(("key", "left out", "values", "what it is"), keys)}

{_parts()}

## Shipped profiles

{table(("profile", "what it is for", "approval"), _shipped())}

## Tools

{table(("tool", "risk", "effect", "what it does"), _tools())}

A tool that is `pure` or `idempotent` is started again when its process died under it. One that is `once` is
not: the mission pauses and asks a person what became of it.

[Tools of your own](../how-to/give-an-agent-a-tool.md) are listed by their names, as these are.
"""


def _parts() -> str:
    """Return a section for each key that is a mapping of other keys, and for what these hold in turn."""
    return "\n\n".join(
        "\n\n".join(
            part
            for part in (
                f"## {name}",
                f"{first_line(model)} {MORE.get(name, '')}".strip(),
                table(("key", "left out", "values", "what it is"), _keys(model)),
            )
            if part
        )
        for name, model in _nested(Profile)
    )


def _nested(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            yield f"{above}{name}", inner
            yield from _nested(inner, f"{above}{name}.")


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _keys(model: type[BaseModel]) -> list[tuple[str, str, str, str]]:
    schema = model.model_json_schema()
    said = words_of_fields(model)
    return [
        (code(name), default_of(field.get("default")), _values(field, schema.get("$defs", {})), said[name])
        for name, field in schema["properties"].items()
        if (model, name) != (Profile, "name")
    ]


def _values(field: JsonObject, defs: dict[str, Any]) -> str:
    """Return what a key may be, in words."""
    if "anyOf" in field:
        others = [one for one in field["anyOf"] if one != {"type": "null"}]  # type: ignore[union-attr]
        return " or ".join(_values(one, defs) for one in others)  # type: ignore[arg-type]
    if "$ref" in field:
        return _values(defs[str(field["$ref"]).rpartition("/")[2]], defs)
    if "enum" in field:
        return ", ".join(code(one) for one in field["enum"])  # type: ignore[union-attr]
    kind = str(field.get("type"))
    words = {
        "object": "a mapping",
        "array": "a list",
        "boolean": "`true`, `false`",
        "string": "a text",
        "integer": "a whole number",
        "number": "a number",
    }
    return f"{words.get(kind, kind)}{_range(field)}"


def _range(field: JsonObject) -> str:
    least, above, most = (field.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    parts = [
        f"from {least:,}" if least is not None else f"above {above:,}" if above is not None else "",
        f"to {most:,}" if most is not None else "",
    ]
    return "".join(f" {part.removesuffix('.0')}" for part in parts if part)


def _shipped() -> Iterator[tuple[str, str, str]]:
    for file in sorted(SHIPPED.glob("*.yaml")):
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        approval = ", ".join(f"{risk}: {what}" for risk, what in said["approval"].items())
        yield code(file.stem), said["description"], approval


def _tools() -> list[tuple[str, str, str, str]]:
    specs = [*CONTROLS.values(), *(tool.spec for tool in BuiltinTools().tools().values())]
    return [
        (code(spec.name), spec.risk.value, spec.effect.value, spec.description)
        for spec in sorted(specs, key=lambda spec: spec.name)
    ]
