"""The door's modules, imported when somebody comes to it: the protocol's SDK is an extra, and slow."""

from importlib import import_module
from types import ModuleType

from taskforce.mcp.errors import McpMissing

SDK = frozenset({"mcp", "mcp_types"})


def loaded(name: str) -> ModuleType:
    """Import a module of this package. Raises McpMissing."""
    try:
        return import_module(f"taskforce.mcp.{name}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in SDK:
            raise
        raise McpMissing from missing
