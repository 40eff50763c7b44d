"""Markdown from the code's own words."""

import ast
import inspect
from collections.abc import Iterable, Sequence
from textwrap import dedent

from pydantic import BaseModel


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(value: object) -> str:
    """Return a value as code, nothing as nothing."""
    return f"`{value}`" if str(value) else ""


def default_of(value: object) -> str:
    """Return what counts when nothing is said, as code; nothing for none and for what is empty."""
    if isinstance(value, list):
        return ", ".join(code(part) for part in value)
    if value is None or isinstance(value, bool | dict):
        return code({True: "true", False: "false"}[value]) if isinstance(value, bool) else ""
    return code(f"{value:g}" if isinstance(value, float) else value)


def first_line(thing: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n", maxsplit=1)[0]


def words_of_fields(model: type[BaseModel]) -> dict[str, str]:
    """Return what is said of each field: its description, or the string below it."""
    heirs = [base for base in model.__mro__ if issubclass(base, BaseModel) and base is not BaseModel]
    said = {name: text for base in reversed(heirs) for name, text in _said_in(base).items()}
    return {name: field.description or said.get(name, "") for name, field in model.model_fields.items()}


def _said_in(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(dedent(inspect.getsource(model))).body[0]
    said: dict[str, str] = {}
    for before, after in (
        zip(body.body, body.body[1:], strict=False) if isinstance(body, ast.ClassDef) else ()
    ):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
            value = after.value if isinstance(after, ast.Expr) else None
            if isinstance(value, ast.Constant):
                said[before.target.id] = str(value.value)
    return said
