"""How a variable says a table: `name=value` words with commas between them."""


def pairs(given: object) -> object:
    """Return `name=value` words as a table; what is no text is left as it is. Raises ValueError."""
    if not isinstance(given, str):
        return given
    found = [part.strip().partition("=") for part in given.split(",") if part.strip()]
    if not all(map(all, found)):
        raise ValueError("must be pairs such as owner/name=/srv/git/name, with commas between them")
    return {name: value for name, _, value in found}
