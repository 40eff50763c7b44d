"""Clauses that a skill is for: it is named outright, or all their words are its own (BM25)."""

import re
from collections.abc import Sequence

from taskforce.core.documents import JsonObject
from taskforce.core.missions.controls import ACTIVATE_SKILL
from taskforce.core.missions.planning.context import Step
from taskforce.core.missions.planning.grammar import QUOTED, Wording
from taskforce.core.missions.planning.lexicon import MODIFIERS
from taskforce.core.missions.planning.ranking import best_of
from taskforce.core.skills import SkillCard

_LINKS = frozenset(["a", "an", "and", "as", "by", "for", "from", "in", "of", "on", "to", "this", "with"])
_NAMED = re.compile(
    r"(?:use|apply|activate|play|follow|run)"
    r" (?:skill (?P<first>[\w-]+)|(?P<last>[\w-]+) skill)(?P<rest>(?: .*)?)",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"(?<!\S)(?:{QUOTED}|(?=[^\s,]*[/.])[\w@+~./-]*[\w/])(?!\S)")
_WORD = re.compile(r"[^\W_]+")
_CHANGES = frozenset(phrase for phrase in MODIFIERS if " " not in phrase)
"""Words that turn a request into another one: no description accounts for them."""


def step_of_skill(wording: Wording, skills: Sequence[SkillCard]) -> Step | None:
    """Return the activation of the one skill that a clause asks for; None if a word of it stays open."""
    named = _NAMED.fullmatch(wording.text)
    if named is not None:
        return _named(wording, named, {card.name for card in skills})
    values, words = _parted(wording, wording.text)
    stems = {_stem(word) for word in words if word not in _LINKS}
    suffixes = {_stem(value.rpartition(".")[2].lower()) for value in values if "." in value}
    fit = [card for card in skills if _fits(card, stems, suffixes)]
    best = best_of(words - _LINKS, [f"{card.name} {card.description}" for card in fit])
    return None if best is None else _activation(fit[best].name, values)


def _named(wording: Wording, named: re.Match[str], known: set[str]) -> Step | None:
    name = (named["first"] or named["last"]).lower()
    values, words = _parted(wording, named["rest"])
    return _activation(name, values) if name in known and words <= _LINKS - {"this"} else None


def _fits(card: SkillCard, stems: set[str], suffixes: set[str]) -> bool:
    """Tell whether the clause says the skill's whole name, and nothing that its description does not."""
    name = _stems(card.name)
    return name <= stems | suffixes and stems <= (name | _stems(card.description) - _CHANGES)


def _parted(wording: Wording, text: str) -> tuple[tuple[str, ...], set[str]]:
    """Return the values of a text, paths and quoted strings, and its other words."""
    values = tuple(wording.unquote(value) for value in _VALUE.findall(text))
    rest = _VALUE.sub(" ", text).replace(" , ", " ").lower()
    return values, {part for token in rest.split() for part in token.split("-")}


def _activation(name: str, values: tuple[str, ...]) -> Step:
    arguments: JsonObject = {"name": name, "values": [*values]} if values else {"name": name}
    return Step(tool=ACTIVATE_SKILL, arguments=arguments)


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())}


def _stem(word: str) -> str:
    """Return a word in one spelling, without the s of several."""
    spelled = re.sub("iz(?=e|ing)", "is", word)
    return re.sub(r"(?<=\w\w[^\Ws])s$", "", spelled)
