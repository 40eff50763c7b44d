"""Phrases about writing files, calculating, git, running, and asking the user."""

import re
from collections.abc import Callable
from dataclasses import replace

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import aggregate, count, names
from taskforce.core.missions.planning.context import NotUnderstood, Referent, Slots, Step, python
from taskforce.core.missions.planning.lexicon import VERBS
from taskforce.core.missions.planning.programs import SAVABLE

Builder = Callable[[Slots], Step]

_FIGURES = frozenset(
    {"figures", "count", "count_files", "formula", "numbers", "line_numbers", "matches", "size"}
)
_LITERAL = re.compile(
    r"hello|hello ,? ?world|hi|foo|bar|foo bar|ok|done|-?\d+(?:\.\d+)?|[A-Z][A-Z0-9_]*", re.IGNORECASE
)
_DESCRIBES = frozenset(
    [
        "a",
        "an",
        "the",
        "all",
        "each",
        "every",
        "some",
        "any",
        "list",
        "any",
        "number",
        "result",
        "results",
        "sum",
        "total",
        "contents",
        "content",
        "names",
        "it",
        "its",
        "that",
        "this",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "random",
        "current",
        "today",
        "for",
        "what",
        "how",
        "your",
        "my",
    ]
)
_SAYS_NOTHING = re.compile(r"[a-z]+")


def _content(slots: Slots) -> str:
    """Return the text to write: quoted, a fenced block, or one of the few words that can only be meant as such."""
    if slots.has("quoted"):
        index = int(slots.values["quoted"][1:-1])
        text = slots.wording.quoted[index]
        if "\\n" in text or "\\t" in text:
            raise NotUnderstood
        return text + "\n" if slots.wording.styles[index] == "fence" else text
    if slots.has("coloned"):
        return _said_after_colon(slots.wording.raw)
    text = slots.text("literal")
    if slots.has("is_word") and " " not in text:
        return text
    if not _LITERAL.fullmatch(text) or (
        _SAYS_NOTHING.fullmatch(text) and text not in {"hello", "hi", "foo", "bar"}
    ):
        raise NotUnderstood
    return text.replace(" , ", ", ")


def _said_after_colon(raw: str) -> str:
    """Return what stands after the colon, unless it may be a description or go on to something else."""
    text = raw.partition(":")[2].strip()
    words = [word.lower().strip(",.") for word in text.split()]
    goes_on = {"and", "then", "also"} & set(words) or any(
        re.search(rf",\s+{word}\b", text, re.IGNORECASE) for word in VERBS & set(words)
    )
    if not text or goes_on or words[0] in _DESCRIBES or "{" in text:
        raise NotUnderstood
    return text


def _write(slots: Slots) -> Step:
    path = slots.path("target")
    if path.endswith("/"):
        raise NotUnderstood
    content = _content(slots) if slots.has("quoted") or slots.has("literal") else ""
    return Step(tool="file_write", arguments={"path": path, "content": content}, leaves=Referent(path=path))


def _create(slots: Slots) -> Step:
    path = slots.text("target")
    return Step(tool="python", program="create", arguments={"path": path}, leaves=Referent(path=path))


def _append(slots: Slots) -> Step:
    path = slots.path("target")
    arguments: JsonObject = {"path": path, "content": _content(slots), "line": slots.has("line")}
    return Step(tool="python", program="append", arguments=arguments, leaves=Referent(path=path))


def _append_result(slots: Slots) -> Step:
    path = slots.path("target")
    last = next(
        (place for place in reversed(range(len(slots.before))) if not slots.before[place].is_silent), None
    )
    if last is None or not slots.before[last].leaves.savable or slots.before[last].program in SAVABLE:
        raise NotUnderstood
    arguments: JsonObject = {"path": path, "content": "VALUE", "line": True}
    return Step(
        tool="python", program="append", arguments=arguments, content_of=(last,), leaves=Referent(path=path)
    )


def _calculate(slots: Slots) -> Step:
    formula = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", slots.values["formula"])
    formula = formula.replace("×", "*").replace("÷", "/").replace("^", "**").replace("x", "*")
    formula = re.sub(r"\s+", " ", formula).strip()
    has_sign = re.search(r"\d\s*\)*\s*(?:\*\*|[-+*/%])\s*\(*\s*-?\s*\d", formula)
    if re.search(r"[,%]|\d\s+\d", formula) or not has_sign or len(formula) > 500:
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


def _git(*arguments: str) -> Builder:
    def build(slots: Slots) -> Step:
        limit = [f"-{count(slots.values['n'])}"] if slots.has("n") else ["-1"] if slots.has("one") else []
        return Step(tool="git", arguments={"args": [*arguments, *limit]}, leaves=Referent(savable=True))

    return build


def _run_file(slots: Slots) -> Step:
    path = slots.path()
    if not path.endswith(".py"):
        raise NotUnderstood
    return Step(tool="python", program="run", arguments={"path": path}, leaves=Referent(savable=True))


def _shell(slots: Slots) -> Step:
    index = int(slots.values["quoted"][1:-1])
    command = slots.wording.quoted[index]
    if slots.wording.styles[index] == "fence" or not command.strip():
        raise NotUnderstood
    if command.endswith(".py") and " " not in command:
        return Step(tool="python", program="run", arguments={"path": command}, leaves=Referent(savable=True))
    return Step(tool="shell", arguments={"command": command}, leaves=Referent(savable=True))


def _ask(slots: Slots) -> Step:
    question = slots.text("quoted") if slots.has("quoted") else slots.text("question").strip()
    choices: list[str] = []
    if slots.has("choices"):
        choices = names(slots.values["choices"], slots.wording)
    elif not slots.has("quoted"):
        question = f"{question[:1].upper()}{question[1:]}?"
    arguments: JsonObject = (
        {"question": question, "choices": [*choices]} if choices else {"question": question}
    )
    return Step(tool="ask_user", arguments=arguments, leaves=Referent(savable=True))


def _nothing(slots: Slots) -> Step:
    if not slots.before:
        raise NotUnderstood
    return Step(tool="", is_silent=True, leaves=slots.before[-1].leaves)


def _topic(slots: Slots) -> Step:
    return Step(tool="", is_silent=True, leaves=Referent(path=slots.path()))


_NEW = "(create|make|write|generate) [new] [empty|text|markdown|json|csv|python] [file]"
_HOLDS = "(with [this|following] (content|contents|text|line) [:]|containing [text|line|only] [:]|that contains [text] [:]|which contains [text] [:]|that says|saying|with [:]|whose content is|having content|and (write|put) [text])"
_SAID = (
    "(with [this|following] (content|contents|text|line)|containing [text|line]|that contains|which contains)"
)
_TEXT = "(<quoted>|<is_word:theword> <literal:word>|<literal:rest>)"
_HERE = "(this|current|whole) (repository|repo|folder|directory|project)"

WORLD_PHRASES: tuple[tuple[str, Builder], ...] = (
    (f"{_NEW} [called|named] <target> [,] {_HOLDS} {_TEXT} [(in|inside|to) (it|file)]", _write),
    (f"{_NEW} [called|named] <target> : <quoted>", _write),
    (f"{_NEW} [called|named] <target> [,] {_SAID} <coloned:colon> <literal:rest>", _write),
    ("(create|make) [new] [empty] file [called|named] <target>", _create),
    ("create [new] empty [text] file [called|named] <target>", _create),
    ("touch <target>", _create),
    ("(write|save|put|store) [text|string|line|words] <quoted> (to|into|in) [new] [text] [file] [called|named] <target>", _write),
    ("(write|save|put|store) <is_word:theword> <literal:word> (to|into|in) [new] [text] [file] [called|named] <target>", _write),
    ("(write|save|put|store) <literal:rest> (to|into|in) [new] [text] [file] [called|named] <target>", _write),
    ("(append|add) <line:lineword> (<quoted>|<literal:caps>) (to|at) [end of] [file] (<target>|<it>)", _append),
    ("(append|add) [text|string] (<quoted>|<literal:caps>) (to|at) [end of] [file] (<target>|<it>)", _append),
    ("(append|add) <quoted> as [new|last] <line:lineword> (to|of|in) [end of] [file] (<target>|<it>)", _append),
    ("(append|add) (to|at) [end of] [file] <target> [<line:lineword>] [:] <quoted>", _append),
    ("(append|add) <before:oneresult> (to|at) [end of] [file] <target>", _append_result),
    ("<formula>", _calculate),
    ("(value|result) of <formula>", _calculate),
    ("<one:number> (times|multiplied by|x) <two:number>", _of_two("*")),
    ("<one:number> plus <two:number>", _of_two("+")),
    ("<one:number> minus <two:number>", _of_two("-")),
    ("<one:number> divided by <two:number>", _of_two("/")),
    ("<one:number> (modulo|mod) <two:number>", _of_two("%")),
    ("<one:number> (to|to power of|raised to|raised to power of) <two:number>", _of_two("**")),
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
    (f"[git] status (of|for) ({_HERE}|git repository|git repo|repository|repo)", _git("status", "--short", "--branch")),
    ("[run] git status", _git("status", "--short", "--branch")),
    ("[run] git log", _git("log", "--oneline", "-20")),
    (f"(git log|git history|commit history|commits|commit log) [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--oneline", "-50")),
    (f"last <n> [git] commits [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--format=%h %an %ad %s", "--date=short")),
    (f"<one:lastword> [git] commit [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--format=%h %an %ad %s", "--date=short")),
    ("[run] git diff", _git("diff")),
    ("(current|git) branch [name]", _git("branch", "--show-current")),
    ("(run|execute) [python] [script|file|program] [called|named] <path>", _run_file),
    ("(run|execute) [python] [script|file] <it>", _run_file),
    ("(run|execute) [shell] [command] [:] <quoted>", _shell),
    ("ask (me|user) [question] [:] <quoted> [with choices <choices:cols>]", _ask),
    ("ask (me|user) (for|what|which|who|where|when|how) <question:plain>", lambda slots: _ask(_whole(slots))),
    ("[and] (show|tell|give|report|print|display|return|output) [me] [back] (it|that|result|results|answer|output|total|count|number|sum|average|them|figures|numbers|both|both results|both numbers)", _nothing),
    ("let me know [result|results|answer]", _nothing),
    ("(do|perform|complete|execute) following [things|steps|tasks]", lambda _: Step(tool="", is_silent=True)),
    ("(follow|do|perform|complete) (these|following) (steps|things|tasks)", lambda _: Step(tool="", is_silent=True)),
    ("(there is|i have|we have) %the_file <path> [in (this folder|workspace|current folder|current directory|this directory)]", _topic),
    ("(open|load|take|look at|use) %the_file <path>", _topic),
)  # fmt: skip


def _summed(slots: Slots) -> Slots:
    return Slots({**slots.values, "agg": "sum"}, slots.wording, slots.before)


def _percentage(slots: Slots) -> Slots:
    return Slots({**slots.values, "one": slots.values["one"].rstrip("% ")}, slots.wording, slots.before)


def _whole(slots: Slots) -> Slots:
    """Put the question back together with its question word, as it was said."""
    words = re.sub(r"^ask (?:me|user) (?:for )?", "", slots.wording.text, flags=re.IGNORECASE)
    return Slots({**slots.values, "question": words}, slots.wording, slots.before)
