"""What the slots of a phrase hold, as typed arguments."""

import re

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.grammar import QUOTED, Wording
from taskforce.core.missions.planning.lexicon import AGGREGATES, CODE, KINDS, NUMBERS, ROW_NOUNS
from taskforce.core.missions.planning.verbs import VERBS

_OPERATORS = (
    (r">=|≥|is at least|at least|is greater than or equal to|greater than or equal to", ">="),
    (r"<=|≤|is at most|at most|is less than or equal to|less than or equal to|is not more than", "<="),
    (r"!=|<>|is not equal to|not equal to|does not equal|is not|isn't", "!="),
    (r"==?|is equal to|equals to|equals|equal to", "="),
    ((r">|is greater than|is more than|is larger than|is higher than|is bigger than|is over|is above"
     r"|greater than|more than|larger than|higher than|bigger than|exceeds|over|above|is after|after"), ">"),
    ((r"<|is less than|is lower than|is smaller than|is under|is below|less than|lower than|smaller than"
     r"|fewer than|under|below|is before|before"), "<"),
    (r"does not contain|doesn't contain", "not contains"),
    (r"contains|contain|includes|containing", "contains"),
    (r"starts with|begins with|start with|starting with", "starts with"),
    (r"ends with|end with|ending with", "ends with"),
    (r"is|are", "is"),
)  # fmt: skip
_NAME = rf"(?:{QUOTED}|[^\W\d][\w%$.-]*(?: (?!is |are |of )[^\W\d][\w%$.-]*){{0,2}}?)"
_VALUE = rf"(?:{QUOTED}|-?[$€£]?\d[\w.,:/%-]*|[^\W\d][\w.@-]*(?: (?-i:[A-Z])[\w.@-]*){{0,2}})"
_NO_VALUE = frozenset(
    [
        "in",
        "on",
        "not",
        "the",
        "a",
        "an",
        "than",
        "to",
        "of",
        "between",
        "empty",
        "missing",
        "null",
        "none",
        "blank",
        "least",
        "most",
        "equal",
        "greater",
        "less",
        "more",
        "exactly",
        "over",
        "under",
        "above",
        "below",
        "before",
        "after",
        "big",
        "small",
        "high",
        "low",
        "large",
        "positive",
        "negative",
        "even",
        "odd",
        "unique",
        "given",
        "valid",
        "invalid",
        "today",
        "yesterday",
        "like",
        "similar",
        "about",
        "around",
        "approximately",
        "nearly",
        "also",
        "only",
        "both",
        "either",
    ]
)
_CONDITIONS = tuple(
    (
        re.compile(
            rf"(?:column |field |value of |value in )?(?P<col>{_NAME}) ?(?:column |field )?(?:{words}) ?"
            rf"(?P<value>{_VALUE})",
            re.IGNORECASE,
        ),
        sign,
    )
    for words, sign in _OPERATORS
)  # fmt: skip
_ORDERED = r"(?:-?\d+(?:\.\d+)?|\d{4}-\d\d-\d\d)"
_BETWEEN = re.compile(
    rf"(?P<col>{_NAME}) (?:is )?between (?P<low>{_ORDERED}) and (?P<high>{_ORDERED})",
    re.IGNORECASE,
)
_EMPTY = re.compile(rf"(?P<col>{_NAME}) is (?P<no>not )?(?:empty|missing|blank)", re.IGNORECASE)
_BARE = re.compile(rf"(?P<col>{QUOTED}|[^\W\d]\w*) (?:of )?(?P<value>{QUOTED}|[\w.-]+)", re.IGNORECASE)


def count(text: str) -> int:
    """Return a number that is written in digits or, up to ten, in letters."""
    return NUMBERS.get(text.lower()) or int(text)


def aggregate(text: str) -> str:
    """Return the name of a figure."""
    return AGGREGATES[text.lower()]


def names(text: str, wording: Wording) -> list[str]:
    """Return the names of a list such as `a , b and c`."""
    return [wording.unquote(part).strip() for part in re.split(r" ?, (?:and )?| and ", text) if part.strip()]


def patterns(kind: str | None) -> list[str]:
    """Return the file name patterns of a kind of files; of no kind, all."""
    if kind is None:
        return ["*"]
    return list(CODE if kind.lower() == "codebase" else KINDS.get(kind.lower(), (f"*{kind}",)))


def sizes(number: str, unit: str) -> int:
    """Return a size in bytes."""
    factors = {"b": 1, "byte": 1, "k": 1000, "kb": 1000, "kib": 1024, "m": 10**6, "mb": 10**6, "mib": 2**20}
    return int(float(number) * factors[unit.lower().rstrip("s") or "b"])


def conditions(text: str, wording: Wording) -> JsonObject | None:
    """Return conditions as {join, all: [{column, is, value}]}, None if a word is not understood."""
    between = _BETWEEN.fullmatch(text)
    if between:
        column = wording.unquote(between["col"])
        ends = [_condition(column, ">=", between["low"]), _condition(column, "<=", between["high"])]
        return {"join": "and", "all": [*ends]}
    parts = re.split(r" (and|or) ", text)
    joins = set(parts[1::2])
    if len(joins) > 1:
        return None
    found = [_one(part, wording) for part in parts[::2]]
    if any(one is None for one in found):
        return None
    return {"join": "or" if joins == {"or"} else "and", "all": [one for one in found if one is not None]}


def _one(text: str, wording: Wording) -> JsonObject | None:
    empty = _EMPTY.fullmatch(text)
    if empty:
        return _condition(wording.unquote(empty["col"]), "!=" if empty["no"] else "=", "")
    for form, sign in _CONDITIONS:
        found = form.fullmatch(text)
        if found and " " in found["col"] and found["col"].split()[0].lower() in VERBS:
            return None
        if found and _may_be_value(found["value"], sign):
            value = wording.unquote(found["value"])
            if sign in {">", "<", ">=", "<="} and not re.match(r"-?\d", value):
                return None
            is_loose = sign == "is" and not wording.is_quoted(found["value"]) and not re.match(r"-?\d", value)
            return _condition(
                wording.unquote(found["col"]), "seen" if is_loose else sign.replace("is", "="), value
            )
    bare = _BARE.fullmatch(text)
    if (
        bare
        and bare["col"].lower() not in VERBS | AGGREGATES.keys() | {"most", "least", "top"}
        and bare["value"].lower() not in ROW_NOUNS
        and bare["value"].lower() not in _NO_VALUE
        and bare["col"].lower() not in _NO_VALUE
    ):
        return _condition(wording.unquote(bare["col"]), "seen", wording.unquote(bare["value"]))
    return None


def _may_be_value(value: str, sign: str) -> bool:
    """Tell whether a word can be a value; a letter that looks like an article can be a part of one."""
    is_part = sign in {"contains", "not contains", "starts with", "ends with"}
    return value.split(maxsplit=1)[0].lower() not in _NO_VALUE or (is_part and value.lower() in {"a", "an"})


def _condition(column: str, sign: str, value: str) -> JsonObject:
    return {"column": column, "is": sign, "value": value}
