"""What a text must hold for a template to match it: a cheap look before an expression is compiled."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_WORDS = re.compile(r"\(\?:([\w' -]+(?:\|[\w' -]+)*)\)|([\w' :-]+)")
_FOLDED = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
"""What `re.IGNORECASE` takes for a letter of ASCII and `lower` does not."""

_KINDS = {
    "<quoted>": re.compile("\ue000"),
    "<url>": re.compile(r"https?://|\ue000", re.IGNORECASE),
    "<digit>": re.compile(r"\d"),
    "<glob>": re.compile(r"[*?]"),
    "<path>": re.compile(r"[/.\ue000]|README|Makefile|Dockerfile|LICENSE", re.IGNORECASE),
    "<capitals>": re.compile(r"(?<!\S)[A-Z][A-Z0-9_]"),
    "<figure>": re.compile(r"\d"),
    "<several>": re.compile(r"(?<!\S)(?:,|and)(?!\S)", re.IGNORECASE),
    "<unit>": re.compile(r"line|word|char|empty|blank", re.IGNORECASE),
}
"""What some slots take, told by a look at a text."""

_ANYWHERE = frozenset({"<figure>", "<several>"})
"""Kinds that the first word of a slot need not be of."""

Words = frozenset[str]
"""Words in lower case, and kinds."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The words one of which comes first (None: any may), and sets of which one word each must be there."""

    first: Words | None
    needs: tuple[Words, ...] = ()
    may_be_empty: bool = False

    def allow(self, first: Words, words: Words) -> bool:
        """Tell whether a text of these words can match."""
        is_begun = self.first is None or first & self.first
        return bool(is_begun) and all(need & words for need in self.needs)


NOTHING = Keys(frozenset(), may_be_empty=True)


def words_of(text: str) -> tuple[Words, Words]:
    """Return the first word of a text, and all, each with the kinds that it is of."""
    tokens = text.split(maxsplit=1)
    return _with_kinds(tokens[0] if tokens else ""), _with_kinds(text)


def _with_kinds(text: str) -> Words:
    kinds = (kind for kind, form in _KINDS.items() if form.search(text))
    return frozenset([*text.translate(_FOLDED).lower().split(), *kinds])


def of_word(word: str) -> Keys:
    """Return the keys of a word."""
    words = frozenset({word.lower()})
    return Keys(words, (words,))


def of_slot(expression: str, kind: str | None) -> Keys:
    """Return the keys of a slot: known where it is a plain list of words."""
    found = _WORDS.fullmatch(expression)
    if kind is not None:
        kinds = frozenset({kind})
        return Keys(None if kind in _ANYWHERE else kinds, (kinds,))
    if found is None:
        return Keys(None)
    words = frozenset(one.split()[0].lower() for one in (found[1] or found[2]).split("|"))
    return Keys(words, (words,))


def of_sequence(parts: list[Keys]) -> Keys:
    """Return the keys of parts that follow one another."""
    first: Words | None = frozenset()
    for part in parts:
        first = None if first is None or part.first is None else first | part.first
        if not part.may_be_empty:
            break
    needs = tuple(need for part in parts for need in part.needs)
    return Keys(first, needs, all(part.may_be_empty for part in parts))


def of_choice(branches: list[Keys]) -> Keys:
    """Return the keys of branches of which one is taken."""
    if len(branches) == 1:
        return branches[0]
    firsts = [one.first for one in branches if one.first is not None]
    first = frozenset[str]().union(*firsts) if len(firsts) == len(branches) else None
    shortest = [min(one.needs, key=len) for one in branches if one.needs]
    needs = (frozenset[str]().union(*shortest),) if len(shortest) == len(branches) else ()
    return Keys(first, needs, any(one.may_be_empty for one in branches))


def of_template(pieces: list[tuple[str, str]], known: Callable[[str, str], Keys]) -> Keys:
    """Return the keys of a template, given its marks and parts; `known` tells those of a part."""
    branches: list[list[list[Keys]]] = [[[]]]
    for kind, text in pieces:
        if kind == "mark" and text in "[(":
            branches.append([[]])
        elif text == "|" and kind == "mark":
            branches[-1].append([])
        elif kind == "mark":
            inner = of_choice([of_sequence(parts) for parts in branches.pop()])
            branches[-1][-1].append(Keys(inner.first, (), may_be_empty=True) if text == "]" else inner)
        else:
            branches[-1][-1].append(known(kind, text))
    return of_choice([of_sequence(parts) for parts in branches[-1]])
