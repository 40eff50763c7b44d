"""What can go wrong with this door before it is open."""

from taskforce.core.errors import NotFound


class McpMissing(NotFound):
    """The protocol's SDK is an extra, and it is not installed."""

    code = "mcp_missing"
    title = "MCP not installed"

    def __init__(self) -> None:
        super().__init__(
            "Nothing speaks MCP here: the extra mcp is not installed. Try: pip install 'taskforce[mcp]'"
        )
