"""Text and bytes: what is text, what is not, and which kind it is then."""

from taskforce.core.tools import ToolFailed

_SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or a document made of one)"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "an ELF program"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


def as_text(data: bytes, path: str) -> str:
    """Return the text of a file as it is; refuse what is no UTF-8 text, and say what it is."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _NoText(data, path) from error
    if "\0" in text:
        raise _NoText(data, path)
    return text


def to_bytes(text: str) -> bytes:
    """Return the bytes of a text; refuse one that has none."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ToolFailed("The text holds a lone surrogate, which is no character. Leave it out.") from error


def lines_of(text: str) -> list[str]:
    """Split after each line feed and nowhere else, and keep it."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def counted(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


class _NoText(ToolFailed):
    def __init__(self, data: bytes, path: str) -> None:
        known = (kind for signature, kind in _SIGNATURES if data.startswith(signature))
        kind = next(known, "binary data of an unknown kind")
        super().__init__(
            f"{path} is no UTF-8 text but {kind} of {counted(len(data), 'byte')}. Use python for it."
        )
