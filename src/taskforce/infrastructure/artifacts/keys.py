"""What a key of the artifact store may be."""

from taskforce.core.errors import FieldError, Invalid

_MOST_BYTES = 1_000
_MOST_BYTES_A_PART = 255


def checked_key(key: str) -> str:
    """Return the key as given, if it is a relative POSIX path that stays in the store.

    Raises:
        Invalid: it does not, or no file system could hold it.
    """
    parts = key.split("/")
    is_plain = all(part not in {"", ".", ".."} and _is_storable(part) for part in parts)
    if not is_plain or len(key.encode("utf-8", "surrogatepass")) > _MOST_BYTES:
        detail = "must be a relative path such as default/reports/summary.md, without . or .."
        raise Invalid(
            f"An artifact's key {detail}.", errors=[FieldError(pointer="/key", code="key", detail=detail)]
        )
    return key


def _is_storable(part: str) -> bool:
    try:
        length = len(part.encode())
    except UnicodeEncodeError:
        return False
    return length <= _MOST_BYTES_A_PART and part.isprintable() and "\\" not in part
