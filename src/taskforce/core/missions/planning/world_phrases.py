"""Phrases about writing files, calculating, git, running, and asking the user."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

import re
from collections.abc import Callable

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import count, names
from taskforce.core.missions.planning.context import NotUnderstood, Referent, Slots, Step
from taskforce.core.missions.planning.programs import SAVABLE
from taskforce.core.missions.planning.verbs import VERBS

Builder = Callable[[Slots], Step]

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
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)


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


def _git(*arguments: str) -> Builder:
    def build(slots: Slots) -> Step:
        limit = [f"-{count(slots.values['n'])}"] if slots.has("n") else ["-1"] if slots.has("one") else []
        return Step(tool="git", arguments={"args": [*arguments, *limit]}, leaves=Referent(savable=True))

    return build


def _run_file(slots: Slots) -> Step:
    path = slots.path()
    if not path.endswith(".py"):
        raise NotUnderstood
    arguments: JsonObject = {"path": path}
    if slots.has("given"):
        arguments["given"] = [*names(slots.values["given"], slots.wording)]
    return Step(tool="python", program="run", arguments=arguments, leaves=Referent(savable=True))


def _shell(slots: Slots) -> Step:
    index = int(slots.values["quoted"][1:-1])
    command = slots.wording.quoted[index]
    if slots.wording.styles[index] == "fence" or not command.strip():
        raise NotUnderstood
    if command.endswith(".py") and " " not in command:
        return Step(tool="python", program="run", arguments={"path": command}, leaves=Referent(savable=True))
    return Step(tool="shell", arguments={"command": command}, leaves=Referent(savable=True))


def _fetch(slots: Slots) -> Step:
    url = slots.text("url")
    if not _URL.fullmatch(url):
        raise NotUnderstood
    return Step(tool="http_fetch", arguments={"url": url})


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
    (f"[git] status (of|for) ({_HERE}|git repository|git repo|repository|repo)", _git("status", "--short", "--branch")),
    ("[run] git status", _git("status", "--short", "--branch")),
    ("[run] git log", _git("log", "--oneline", "-20")),
    (f"(git log|git history|commit history|commits|commit log) [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--oneline", "-50")),
    (f"last <n> [git] commits [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--format=%h %an %ad %s", "--date=short")),
    (f"<one:lastword> [git] commit [(of|in) ({_HERE}|git repository|git repo|repository|repo)]", _git("log", "--format=%h %an %ad %s", "--date=short")),
    ("[run] git diff", _git("diff")),
    ("(current|git) branch [name]", _git("branch", "--show-current")),
    ("(run|execute) [python] [script|file|program] [called|named] <path>", _run_file),
    ("(run|execute) [python] [script|file|program] <path> (with|on) <given:quotedlist>", _run_file),
    ("(run|execute) [python] [script|file] <it>", _run_file),
    ("(run|execute) [shell] [command] [:] <quoted>", _shell),
    ("(fetch|get|retrieve|read|open|visit) [text|content|contents] [of] [web|html] [page|site|website|url|address] [at|from] <url:url>", _fetch),
    ("ask (me|user) [question] [:] <quoted> [with choices <choices:cols>]", _ask),
    ("ask (me|user) (for|what|which|who|where|when|how) <question:plain>", lambda slots: _ask(_whole(slots))),
    ("[and] (show|tell|give|report|print|display|return|output) [me] [back] (it|that|result|results|answer|output|total|count|number|sum|average|them|figures|numbers|both|both results|both numbers)", _nothing),
    ("let me know [result|results|answer]", _nothing),
    ("(do|perform|complete|execute) following [things|steps|tasks]", lambda _: Step(tool="", is_silent=True)),
    ("(follow|do|perform|complete) (these|following) (steps|things|tasks)", lambda _: Step(tool="", is_silent=True)),
    ("(there is|i have|we have) %the_file <path> [in (this folder|workspace|current folder|current directory|this directory)]", _topic),
    ("(open|load|take|look at|use) %the_file <path>", _topic),
)  # fmt: skip


def _whole(slots: Slots) -> Slots:
    """Put the question back together with its question word, as it was said."""
    words = re.sub(r"^ask (?:me|user) (?:for )?", "", slots.wording.text, flags=re.IGNORECASE)
    return Slots({**slots.values, "question": words}, slots.wording, slots.before)
