"""What `allowed-tools` comes to: our names, those of others, and nothing that cannot be held."""

import pytest

from taskforce.core.missions.allowed_tools import allowed_by


@pytest.mark.parametrize(
    ("said", "tools"),
    [
        ("", None),
        (" , ", None),
        ("python file_read", {"python", "file_read"}),
        ("Read, Grep,Glob", {"file_read", "grep", "list_files"}),
        ("Bash(git:*) Read", {"git", "file_read"}),
        ("Bash(git *)", {"git"}),
        ("Bash(python3:*)", {"python"}),
        ("Bash(npm run test:*)", set()),
        ("Bash(rm:*)", set()),
        ("Read(./docs/**)", set()),
        ("Bash", {"shell"}),
        ("mcp__github__search", {"mcp__github__search"}),
    ],
)
def test_allowed_tools_are_read(said: str, tools: set[str] | None) -> None:
    assert allowed_by(said) == tools
