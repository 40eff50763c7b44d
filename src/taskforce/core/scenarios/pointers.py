"""Places in what was asked for, as JSON Pointers (RFC 6901)."""


def pointer(*parts: str | int) -> str:
    """Return the place of these parts, from the outermost on; of none the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
