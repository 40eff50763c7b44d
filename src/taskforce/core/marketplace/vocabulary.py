"""The names by which artifacts are known: of folders, of manifests, and of what only lies beside them."""

import re
from collections.abc import Mapping

from taskforce.core.marketplace.model import ArtifactType

CONTAINERS: Mapping[str, ArtifactType] = {
    **dict.fromkeys(("skills", "skill", "claude-skills"), ArtifactType.SKILL),
    **dict.fromkeys(("commands", "command", "claude-commands", "slash-commands"), ArtifactType.COMMAND),
    **dict.fromkeys(("agents", "agent", "subagents", "claude-agents"), ArtifactType.AGENT),
    **dict.fromkeys(("hooks", "hook"), ArtifactType.HOOK),
    **dict.fromkeys(("mcp", "mcp-servers", "servers", "mcp_servers"), ArtifactType.MCP),
    "workflows": ArtifactType.WORKFLOW,
}
"""Names of folders that hold artifacts of one type, in small letters."""

MANIFESTS: Mapping[str, ArtifactType] = {
    **dict.fromkeys(("SKILL.md", "skill.md"), ArtifactType.SKILL),
    "COMMAND.md": ArtifactType.COMMAND,
    "AGENT.md": ArtifactType.AGENT,
    **dict.fromkeys(("HOOK.md", "hooks.json"), ArtifactType.HOOK),
    **dict.fromkeys(("MCP.md", ".mcp.json", "mcp.json"), ArtifactType.MCP),
    **dict.fromkeys(("WORKFLOW.md", "workflow.yaml", "workflow.yml"), ArtifactType.WORKFLOW),
}
"""Names of files that say what their folder is."""

PLUGIN_FOLDER = ".claude-plugin"
PLUGIN_FILE = "plugin.json"
MARKETPLACE_FILE = "marketplace.json"
COMPOSITE_FILES = ("COMPOSITE.md", "PLUGIN.md")

HOMES = frozenset({".claude", ".agents", ".codex", ".cursor", ".gemini", ".github", ".opencode"})
"""Folders in which an agent looks for what is its own."""

LEFT_OUT = frozenset({".git", ".venv", "__pycache__", "node_modules"})
"""Folders of others' code, or of none's; nothing in them is an artifact."""

EXTENSIONS = frozenset({"cjs", "js", "json", "md", "mjs", "py", "sh", "toml", "ts", "yaml", "yml"})
"""What files of artifacts end in."""

_BESIDE = frozenset(
    {
        *("agents.md", "changelog.md", "claude.md", "code_of_conduct.md", "contributing.md", "gemini.md"),
        *("index.md", "license", "license.md", "license.txt", "notice", "readme.md", "readme", "readme.txt"),
        *("security.md", "todo.md"),
    }
)
_SPOKEN: Mapping[str, ArtifactType] = {
    **CONTAINERS,
    **{type.value: type for type in ArtifactType},
    "subagent": ArtifactType.AGENT,
    "plugin": ArtifactType.COMPOSITE,
}
_WORD = re.compile(r"[a-z0-9]+")


def has_word(path: str) -> bool:
    """Tell whether a file's ending is one of those that say something of themselves or of their folder."""
    return path[-5:].lower().endswith((".md", ".json", ".yaml", ".yml"))


def is_beside(name: str) -> bool:
    """Tell whether a file of this name speaks of its neighbours and is no artifact itself."""
    return name.lower() in _BESIDE


def is_loose(name: str) -> bool:
    """Tell whether a file of this name can be an artifact by itself."""
    return (
        name[-3:].lower() == ".md"
        and name not in MANIFESTS
        and name not in COMPOSITE_FILES
        and not is_beside(name)
    )


def type_said(fields: Mapping[str, object]) -> ArtifactType | None:
    """Return the type that front matter names in `type`, else in `kind`; None for what is no type."""
    for key in ("type", "kind"):
        said = fields.get(key)
        if isinstance(said, str) and (type_ := _SPOKEN.get(said.strip().lower())):
            return type_
    return None


def speaks_of(name: str, type_: ArtifactType) -> bool:
    """Tell whether a folder's name, or a word of it, stands for a type: `my-skill` does for a skill."""
    small = name.lower()
    if CONTAINERS.get(small) is type_:
        return True
    return any(_SPOKEN.get(word) is type_ for word in _WORD.findall(small))
