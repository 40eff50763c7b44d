"""The text of an HTML page, in one walk from its begin to its end.

The standard library's parser takes hours for a page of 2 MB that was made for that (the time grows with the
square of the length), and a page is anybody's. Here each character is looked at once or twice, whatever the
page; what is broken ends up as text or is left out.
"""

import html
import re
from dataclasses import dataclass

_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)
    (?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|[="'])*+>""",
    re.VERBOSE,
)
_MARKUP = re.compile(r"<(?:[!?]|/?[A-Za-z])")
_NEVER_SHOWN = ("script", "style", "template", "svg", "math", "iframe", "object", "noembed", "noframes")
_END_OF = {
    name: re.compile(rf"</{name}(?![^\s/>])", re.IGNORECASE) for name in (*_NEVER_SHOWN, "title", "textarea")
}
_LINES = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table",
    "title", "tr", "ul",
))  # fmt: skip
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "blockquote"))
_MARKS = {"li": "- ", **{f"h{level}": f"{'#' * level} " for level in range(1, 7)}}
_TAB = frozenset(("td", "th"))
_SPACES = re.compile(r"\s+")
_MANY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says."""

    title: str
    text: str


def read_page(source: str) -> Page:
    """Return a page's title and its text: a line a block, headings and lists marked."""
    reading = _Reading(source)
    reading.walk()
    return Page(title=_SPACES.sub(" ", reading.title).strip(), text=_tidied("".join(reading.parts)))


class _Reading:
    """A walk through a page."""

    def __init__(self, source: str) -> None:
        self.title = ""
        self.parts: list[str] = []
        self._source = source
        self._preformatted = 0

    def walk(self) -> None:
        """Read from the begin to the end."""
        place, length = 0, len(self._source)
        while place < length:
            found = _MARKUP.search(self._source, place)
            begin = length if found is None else found.start()
            self._say(self._source[place:begin])
            place = length if found is None else self._pass_mark(begin)

    def _pass_mark(self, place: int) -> int:
        """Return where a comment, a declaration or a tag ends, the content of some tags with them."""
        if self._source.startswith("<!--", place):
            return self._after("-->", place + 4)
        if self._source.startswith(("<!", "<?"), place):
            return self._after(">", place)
        tag = _TAG.match(self._source, place)
        if tag is None:
            return len(self._source)
        name = tag["name"].lower()
        if tag["end"]:
            self._close(name)
            return tag.end()
        self._open(name)
        return self._pass_content(name, tag.end())

    def _pass_content(self, name: str, place: int) -> int:
        """Return where the content ends if no marks count in it, else where it begins."""
        if name not in _END_OF:
            return place
        end = _END_OF[name].search(self._source, place)
        stop = end.start() if end is not None else len(self._source)
        if name == "title":
            self.title = self.title or _unescaped(self._source[place:stop])
        elif name == "textarea":
            self._say(self._source[place:stop])
        return stop

    def _after(self, end: str, place: int) -> int:
        found = self._source.find(end, place)
        return len(self._source) if found < 0 else found + len(end)

    def _open(self, name: str) -> None:
        self._break(name)
        self._preformatted += name == "pre"
        if name in _MARKS or (name in _TAB and not self._ends_with("\n")):
            self.parts.append(_MARKS.get(name, "\t"))

    def _close(self, name: str) -> None:
        self._preformatted -= name == "pre" and self._preformatted > 0
        self._break(name)

    def _break(self, name: str) -> None:
        if name in _LINES:
            self.parts.append("\n\n" if name in _SPACED else "\n")

    def _ends_with(self, *blanks: str) -> bool:
        return not self.parts or self.parts[-1].endswith(blanks)

    def _say(self, text: str) -> None:
        told = _unescaped(text)
        if not self._preformatted:
            told = _SPACES.sub(" ", told)
            told = told.lstrip() if self._ends_with("\n", "\t", " ") else told
        if told:
            self.parts.append(told)


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a character reference with more digits than a number may have
        return text


def _tidied(text: str) -> str:
    """Return the text without blanks at the ends of lines, and without a row of empty lines."""
    lines = (line.rstrip() for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
