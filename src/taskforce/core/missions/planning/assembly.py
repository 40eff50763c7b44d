"""Python programs put together from a library: each holds its values, and what it needs of definitions."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import JsonValue

from taskforce.core.documents import JsonObject

Definitions = Mapping[str, str]
"""The code of functions and constants by their names."""

_WIDTH = 110
_HEAD = re.compile(r"(?:def|class) (\w+)|(\w+) = ")
_MODULES = (
    "ast", "csv", "difflib", "fnmatch", "hashlib", "json", "operator", "os", "re", "runpy", "shutil",
    "sqlite3",
)  # fmt: skip
_NAMES = {"Decimal": "decimal", "InvalidOperation": "decimal", "getcontext": "decimal", "Path": "pathlib"}
_PATH = "import sys\nsys.path = [*filter(None, sys.path)]  # no module of the workspace"


@dataclass(frozen=True, slots=True)
class Draft:
    """A program as it is written: its values by name, and its lines."""

    values: JsonObject = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def value(self, name: str, value: JsonValue) -> str:
        """Keep a value and return the expression that reads it; a name that is taken gets a number."""
        key, number = name, 1
        while key in self.values and self.values[key] != value:
            number += 1
            key = f"{name}_{number}"
        self.values[key] = value
        return f'ARGS["{key}"]'

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.lines.extend(lines)


def library(*texts: str) -> Definitions:
    """Return definitions by name; in the texts two blank lines stand between them."""
    found: dict[str, str] = {}
    for text in texts:
        for part in text.strip("\n").split("\n\n\n"):
            head = _HEAD.match(part)
            if head:
                found[head[1] or head[2]] = part
    return found


def assembled(draft: Draft, definitions: Definitions) -> str:
    """Return a whole program; its values are data and can never become code."""
    main = "\n".join(draft.lines)
    reached = set(_names(main))
    queue = [name for name in reached if name in definitions]
    while queue:
        new = _names(definitions[queue.pop()]) - reached
        reached |= new
        queue += [name for name in new if name in definitions]
    chosen = [text for name, text in definitions.items() if name in reached]
    head = f"ARGS = {_literal(draft.values)}\n\n{_PATH}\n{_imports(reached)}"
    return "\n\n\n".join([head, *chosen, main]) + "\n"


@cache
def _names(code: str) -> frozenset[str]:
    """Return the names that code takes from elsewhere."""
    nodes = list(ast.walk(ast.parse(code)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(used - own - {node.arg for node in nodes if isinstance(node, ast.arg)})


def _imports(used: Iterable[str]) -> str:
    modules = ", ".join(name for name in _MODULES if name in used)
    lines = [f"import {modules}"] if modules else []
    for module in ("decimal", "pathlib"):
        names = ", ".join(name for name, source in _NAMES.items() if source == module and name in used)
        lines += [f"from {module} import {names}"] if names else []
    return "\n".join(lines)


def _literal(value: JsonValue, depth: int = 0) -> str:
    """Return a value as Python code, an object on one line if it fits."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_literal(one, depth + 1) for one in value)}]"
    if not isinstance(value, dict):
        return repr(value)
    items = [f"{_quoted(name)}: {_literal(one, depth + 1)}" for name, one in value.items()]
    line = f"{{{', '.join(items)}}}"
    if depth or len(line) <= _WIDTH:
        return line
    return "{\n" + "".join(f"    {item},\n" for item in items) + "}"


def _quoted(text: str) -> str:
    """Return a text as a literal on one line; what cannot be seen is escaped."""
    plain = text.isprintable() and "\\" not in text and '"' not in text
    return f'"{text}"' if plain else repr(text)
