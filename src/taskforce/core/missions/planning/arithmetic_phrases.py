"""Phrases that calculate with numbers of their own, or with the result before."""

import re
from collections.abc import Callable
from dataclasses import replace

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import aggregate, names
from taskforce.core.missions.planning.context import NotUnderstood, Slots, Step, python

Builder = Callable[[Slots], Step]

_LONGEST = 500
_FIGURES = frozenset(
    {"figures", "count", "count_files", "formula", "numbers", "line_numbers", "matches", "size"}
)


def _calculate(slots: Slots) -> Step:
    formula = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", slots.values["formula"])
    formula = formula.replace("\u00d7", "*").replace("÷", "/").replace("^", "**").replace("x", "*")
    formula = re.sub(r"\s+", " ", formula).strip()
    has_sign = re.search(r"\d\s*\)*\s*(?:\*\*|[-+*/%])\s*\(*\s*-?\s*\d", formula)
    if re.search(r"[,%]|\d\s+\d", formula) or not has_sign or len(formula) > _LONGEST:
        raise NotUnderstood
    return python("formula", {"formula": formula})


def _of_two(sign: str, *, swapped: bool = False) -> Builder:
    def build(slots: Slots) -> Step:
        one, two = slots.values["one"], slots.values["two"]
        one, two = (two, one) if swapped else (one, two)
        return python("formula", {"formula": f"({one}) {sign} ({two})"})

    return build


def _on_result(sign: str) -> Builder:
    def build(slots: Slots) -> Step:
        last = next(
            (place for place in reversed(range(len(slots.before))) if not slots.before[place].is_silent), None
        )
        if last is None or slots.before[last].program not in _FIGURES:
            raise NotUnderstood
        arguments: JsonObject = {"formula": f"(VALUE) {sign} ({slots.values['two']})"}
        return replace(python("formula", arguments), content_of=(last,))

    return build


def _percent(slots: Slots) -> Step:
    return python("formula", {"formula": f"({slots.values['one']}) * ({slots.values['two']}) / 100"})


def _root(slots: Slots) -> Step:
    return python("formula", {"formula": f"sqrt({slots.values['number']})"})


def _power(exponent: int) -> Builder:
    return lambda slots: python("formula", {"formula": f"({slots.values['number']}) ** {exponent}"})


def _numbers(slots: Slots) -> Step:
    found: list[str] = re.findall(r"-?\d+(?:\.\d+)?", slots.values["numbers"])
    kinds = names(slots.values["aggs"], slots.wording) if slots.has("aggs") else [slots.values["agg"]]
    return python("numbers", {"numbers": [*found], "figures": [aggregate(kind) for kind in kinds]})


def _summed(slots: Slots) -> Slots:
    return Slots({**slots.values, "agg": "sum"}, slots.wording, slots.before)


def _percentage(slots: Slots) -> Slots:
    return Slots({**slots.values, "one": slots.values["one"].rstrip("% ")}, slots.wording, slots.before)


ARITHMETIC_PHRASES: tuple[tuple[str, Builder], ...] = (
    ("<formula>", _calculate),
    ("(value|result) of <formula>", _calculate),
    ("<one:number> (times|multiplied by|x) <two:number>", _of_two("*")),
    ("<one:number> plus <two:number>", _of_two("+")),
    ("<one:number> minus <two:number>", _of_two("-")),
    ("<one:number> divided by <two:number>", _of_two("/")),
    ("<one:number> (modulo|mod) <two:number>", _of_two("%")),
    ("<one:number> (to power of|raised to|raised to power of) <two:number>", _of_two("**")),
    ("add <one:number> (and|to|plus) <two:number>", _of_two("+")),
    ("subtract <one:number> from <two:number>", _of_two("-", swapped=True)),
    ("multiply <one:number> (by|and|with) <two:number>", _of_two("*")),
    ("divide <one:number> by <two:number>", _of_two("/")),
    ("multiply <before:oneresult> (by|with) <two:number>", _on_result("*")),
    ("divide <before:oneresult> by <two:number>", _on_result("/")),
    ("add <two:number> to <before:oneresult>", _on_result("+")),
    ("subtract <two:number> from <before:oneresult>", _on_result("-")),
    ("product of <one:number> and <two:number>", _of_two("*")),
    ("<one:percent> of <two:number>", lambda slots: _percent(_percentage(slots))),
    ("<one:number> percent of <two:number>", _percent),
    ("square root of <number>", _root),
    ("square of <number>", _power(2)),
    ("cube of <number>", _power(3)),
    ("<number> squared", _power(2)),
    ("<number> cubed", _power(3)),
    ("(<agg>|<aggs>) of [numbers] [:] <numbers>", _numbers),
    ("(sum|sum up|add|add up) [numbers] <numbers>", lambda slots: _numbers(_summed(slots))),
)  # fmt: skip
