"""What an answer is: its media type, whether that is text, and in which character set."""

import re
from dataclasses import dataclass

_TEXT = re.compile(
    r"text/.+|.+\+(?:json|xml|yaml)|application/(?:json|jsonl|(?:x-)?ndjson|xml|(?:x-)?javascript|ecmascript"
    r"|(?:x-)?yaml|toml|sql|graphql|x-sh)"
)
_HTML = ("text/html", "application/xhtml+xml")
# Python has codecs that are no character sets, and some that take hours; these are the web's.
_CHARSET = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|(?:us-)?ascii|iso-?8859-(?:[1-9]|1[013-6])|latin-?1|windows-125[0-8]|cp125[0-8]"
    r"|koi8-[ru]|macintosh|shift[_-]jis|euc-jp|iso-2022-jp|euc-kr|gb2312|gbk|gb18030|big5"
)
_PARAMETER = re.compile(r";\s*charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_META_WITHIN = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What was answered; `name` is empty when the server did not say."""

    name: str
    is_text: bool
    charset: str

    @property
    def is_html(self) -> bool:
        """Tell whether it is a page."""
        return self.name in _HTML


def media_of(content_type: str, body: bytes) -> Media:
    """Return what an answer is by its header; by its bytes if that says nothing."""
    name = content_type.partition(";")[0].strip().lower()[:100]
    is_text = bool(_TEXT.fullmatch(name)) if name else b"\0" not in body
    return Media(name=name, is_text=is_text, charset=_charset(content_type, body))


def _charset(content_type: str, body: bytes) -> str:
    """Return the character set: by the byte order mark, the header, the page's own word, else UTF-8."""
    for mark, charset in _ORDER_MARKS:
        if body.startswith(mark):
            return charset
    told = _PARAMETER.search(content_type)
    meta = _META.search(body[:_META_WITHIN])
    said = told[1] if told is not None else meta[1].decode("ascii", "replace") if meta is not None else ""
    return said.lower() if _CHARSET.fullmatch(said.lower()) else "utf-8"
