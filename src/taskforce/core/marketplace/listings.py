"""What the lists of plugins and marketplaces say of a repository's folders and files.

Formats: https://code.claude.com/docs/en/plugins-reference and /plugin-marketplaces.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from taskforce.core.marketplace.model import ArtifactType
from taskforce.core.marketplace.paths import problem_of
from taskforce.core.marketplace.vocabulary import MARKETPLACE_FILE, PLUGIN_FILE, PLUGIN_FOLDER

MOST_LISTED = 1_000
"""Plugins of a marketplace, and parts of a plugin, that are looked at."""
_PARTS: Mapping[str, ArtifactType] = {
    "skills": ArtifactType.SKILL,
    "commands": ArtifactType.COMMAND,
    "agents": ArtifactType.AGENT,
    "hooks": ArtifactType.HOOK,
    "mcpServers": ArtifactType.MCP,
    "workflows": ArtifactType.WORKFLOW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What lists say."""

    parts: Mapping[str, ArtifactType] = field(default_factory=dict)
    """Path of a file or folder to what it is, or to what is in it."""
    plugins: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Folder of a plugin to what a marketplace says of it."""


def listed(front_matter: Mapping[str, Mapping[str, object]]) -> Listed:
    """Return what all lists say together; what two say of one path, that of the first path in order says.

    A folder that several plugins share is none of them.
    """
    parts: dict[str, ArtifactType] = {}
    plugins: dict[str, Mapping[str, object]] = {}
    shared: Counter[str] = Counter()
    for path in sorted(front_matter):
        base = _base(path)
        if base is None:
            continue
        said = front_matter[path]
        if path.endswith(MARKETPLACE_FILE):
            for folder, plugin in _plugins(base, said):
                shared[folder] += 1
                plugins.setdefault(folder, plugin)
                _add(parts, folder, plugin)
        else:
            _add(parts, base, said)
    return Listed(
        parts=parts, plugins={folder: one for folder, one in plugins.items() if shared[folder] == 1}
    )


def _base(path: str) -> str | None:
    """Return the folder that a list speaks of; None when the file is no list."""
    head, _, name = path.rpartition("/")
    around, _, last = head.rpartition("/")
    if last == PLUGIN_FOLDER and name in {PLUGIN_FILE, MARKETPLACE_FILE}:
        return around
    return head if name == PLUGIN_FILE else None


def _plugins(base: str, said: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the plugins that lie in the repository itself, by folder."""
    about = said.get("metadata")
    root = about.get("pluginRoot", "") if isinstance(about, Mapping) else ""
    within = _path(base, root)
    for plugin in _first(said.get("plugins")):
        if isinstance(plugin, Mapping) and within is not None:
            folder = _path(within, plugin.get("source"))
            if folder is not None:
                yield folder, plugin


def _add(parts: dict[str, ArtifactType], base: str, plugin: Mapping[str, object]) -> None:
    for key, type_ in _PARTS.items():
        said = plugin.get(key)
        for one in _first([said] if isinstance(said, str) else said):
            path = _path(base, one)
            if path is not None and path != base:
                parts.setdefault(path, type_)


def _first(said: object) -> Iterator[object]:
    return islice(iter(said if isinstance(said, list | tuple) else ()), MOST_LISTED)


def _path(base: str, said: object) -> str | None:
    """Return a path of the repository; None for an address elsewhere, or one that leads out."""
    if not isinstance(said, str) or ":" in said:
        return None
    path = said.strip().removeprefix("./").rstrip("/")
    if path in {"", "."}:
        return base
    return None if problem_of(path) else f"{base}/{path}" if base else path
