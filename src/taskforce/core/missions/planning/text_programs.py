"""Programs about the text of files, and plain calculations."""
# ruff: noqa: E501 - a line of a program stands on one line

from collections.abc import Callable, Mapping

from taskforce.core.missions.planning import code_text
from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.file_programs import add_listing, files_of
from taskforce.core.missions.planning.given import Given

Writer = Callable[[Draft, Given], None]

_UNITS = {
    "lines": "len(text.splitlines())",
    "words": "len(text.split())",
    "characters": "len(text)",
    "non-empty lines": "sum(1 for line in text.splitlines() if line.strip())",
    "empty lines": "sum(1 for line in text.splitlines() if not line.strip())",
}
_FIGURES = {
    "sum": "sum(values, Decimal(0))",
    "average": "sum(values) / len(values)",
    "min": "values[0]",
    "max": "values[-1]",
    "median": "median(values)",
}
_PARTS = {
    "contains": "{text} in {line}",
    "starts with": "{line}.startswith({text})",
    "ends with": "{line}.rstrip().endswith({text})",
}


def _count(draft: Draft, given: Given) -> None:
    scope, units = given.one("scope"), given.texts("units")
    if scope.has("path"):
        draft.add(
            f"path = {draft.value('path', scope.text('path'))}",
            "text = text_of(named(path))",
            f"counts = [{', '.join(_UNITS[unit] for unit in units)}]",
        )
        told = ", ".join(f"{{counts[{place}]}} {unit}" for place, unit in enumerate(units))
        draft.add(f'finish(", ".join(map(str, counts)), f"{told} in {{path}}")')
        return
    draft.add(
        "counts = {}",
        f"for path in {files_of(draft, scope)}:",
        "    text = text_of(path)",
        f"    counts[path] = [{', '.join(_UNITS[unit] for unit in units)}]",
        "totals = [sum(column) for column in zip(*counts.values())]",
        f"units = {draft.value('units', [*units])}",
        'say = lambda figures: ", ".join(f"{figure} {unit}" for figure, unit in zip(figures, units))',
        'lines = [f"{path}: {say(figures)}" for path, figures in counts.items()] + [f"together: {say(totals)}"]',
        'told = listing(lines) if len(counts) > 1 else f"{say(totals)} in {path}"',
        'finish(", ".join(map(str, totals)), told)',
    )


def _matches(draft: Draft, given: Given) -> None:
    found = files_of(draft, given.one("scope"))
    if given.one("scope").has("folder"):
        found = f"filter(is_text, {found})"
    test = _PARTS[given.text("how")]
    test = f"not ({test})" if given.flag("inverse") else test
    exact, loose = (
        test.format(text="text", line="line"),
        test.format(text="text.lower()", line="line.lower()"),
    )
    draft.add(
        f"text = {draft.value('text', given.text('text'))}",
        f"lines = numbered({found})",
        f"loose = [(path, place, line) for path, place, line in lines if {loose}]",
    )
    if given.flag("ignore_case"):
        draft.add("exact = loose", 'note = ""')
    else:
        draft.add(
            f"exact = [(path, place, line) for path, place, line in lines if {exact}]",
            'note = f" (ignoring upper and lower case: {len(loose)})" if len(loose) != len(exact) else ""',
        )
    if given.flag("loose"):
        draft.add(
            "if len(exact) != len(loose):",
            '    stop(f"{len(exact)} lines have {text!r}, {len(loose)} when case is ignored: say which are meant.")',
            "if not exact:",
            '    stop(f"No line has {text!r}; put it in quotes to look for exactly this.")',
        )
    _add_matches(draft, given)


def _add_matches(draft: Draft, given: Given) -> None:
    if given.text("show") == "files":
        draft.add("found = list(dict.fromkeys(path for path, _, _ in exact))")
        add_listing(draft, given, "found", 'f"files with {text!r}{note}"')
    elif given.text("show") == "lines":
        is_one = given.one("scope").has("path")
        shown = "line" if is_one else 'f"{path}:{place}: {line}"'
        draft.add(f"found = [{shown} for path, place, line in exact]")
        add_listing(draft, given, "found", 'f"{len(exact)} lines{note}"')
    else:
        told = " with {text!r}" if given.flag("loose") else ""
        draft.add(f'tell(len(exact), f"{{len(exact)}} lines{told}{{note}}")')


def _occurrences(draft: Draft, given: Given) -> None:
    found = files_of(draft, given.one("scope"))
    if given.one("scope").has("folder"):
        found = f"filter(is_text, {found})"
    main = "as a whole word" if given.flag("word") else "as it is written"
    draft.add(
        f"wanted = {draft.value('text', given.text('text'))}",
        f"texts = [text_of(path) for path in {found}]",
        r'whole = rf"(?<!\w){re.escape(wanted)}(?!\w)"',
        "counts = {",
        '    "as it is written": sum(text.count(wanted) for text in texts),',
        '    "ignoring case": sum(text.lower().count(wanted.lower()) for text in texts),',
        '    "as a whole word": sum(len(re.findall(whole, text)) for text in texts),',
        '    "as a whole word, ignoring case": sum(len(re.findall(whole, text, re.IGNORECASE)) for text in texts),',
        "}",
        f'count = counts["{main}"]',
    )
    is_open = 'count != counts["as a whole word, ignoring case"]' if given.flag("word") else ""
    is_open = is_open or ("" if given.flag("quoted") else "len(set(counts.values())) > 1")
    if is_open:
        draft.add(
            f"if {is_open}:",
            '    told = ", ".join(f"{one} times {how}" for how, one in counts.items())',
            '    stop(f"{told}: say which is meant.")',
        )
    draft.add(
        'others = ", ".join(f"{one} {how}" for how, one in counts.items() if one != count)',
        'finish(count, f"{count} times {wanted!r}" + (f" ({others})" if others else ""))',
    )


def _take(draft: Draft, given: Given) -> None:
    first = given.document["first"]
    draft.add(f"texts = text_of({draft.value('path', given.text('path'))}).splitlines()")
    start = draft.value("first", first)
    if isinstance(first, int) and first < 0:
        draft.add(f"taken = texts[{start}:]")
    else:
        draft.add(
            f"if {start} > len(texts):",
            "    stop(f\"{ARGS['path']} has only {len(texts)} lines.\")",
            f"taken = texts[{start} - 1 : {draft.value('last', given.raw('last'))}]",
        )
    add_listing(draft, given, "taken")


def _sort_lines(draft: Draft, given: Given) -> None:
    draft.add(
        f"path = {draft.value('path', given.text('path'))}",
        "texts = [line for line in text_of(path).splitlines() if line.strip()]",
    )
    if given.flag("numeric") or not given.flag("alphabetic"):
        draft.add(
            r'numeric = all(re.fullmatch(r"-?\d+(?:\.\d+)?", line.strip()) for line in texts)',
        )
    if given.flag("numeric"):
        draft.add("if not numeric:", '    stop(f"Not all lines of {path} are numbers.")')
    if given.flag("unique"):
        draft.add("texts = list(dict.fromkeys(texts))")
    if given.flag("sort"):
        _add_sorting(draft, given)
    add_listing(draft, given, "texts", 'f"{len(texts)} lines; {path} itself is unchanged"')


def _add_sorting(draft: Draft, given: Given) -> None:
    down = ", reverse=True" if given.flag("down") else ""
    if given.flag("numeric"):
        draft.add(f"texts.sort(key=float{down})")
        return
    draft.add(
        "by_case = sorted(texts) == sorted(texts, key=str.lower)",
        "key = (lambda line: line) if by_case else (lambda line: (line.lower(), line))",
    )
    draft.add(f"texts.sort(key={'key' if given.flag('alphabetic') else 'float if numeric else key'}{down})")


def _line_numbers(draft: Draft, given: Given) -> None:
    path = draft.value("path", given.text("path"))
    _add_figures(draft, given, f"sorted(whole_lines({path}))")


def _numbers(draft: Draft, given: Given) -> None:
    _add_figures(draft, given, f"sorted(map(Decimal, {draft.value('numbers', [*given.texts('numbers')])}))")


def _add_figures(draft: Draft, given: Given, values: str) -> None:
    figures = dict.fromkeys(given.texts("figures"))
    draft.add("getcontext().prec = 40", f"values = {values}")
    if len(figures) == 1:
        (name,) = figures
        draft.add(f"result = {_FIGURES[name]}")
        draft.add(f'finish(short(spelled_out(result)), f"{name} = {{with_cents(result)}}")')
        return
    draft.add("results = {", *(f'    "{name}": {_FIGURES[name]},' for name in figures), "}")
    draft.add(
        'told = "; ".join(f"{name} = {with_cents(value)}" for name, value in results.items())',
        'finish(short(", ".join(map(spelled_out, results.values()))), told)',
    )


def _formula(draft: Draft, given: Given) -> None:
    draft.add(
        "getcontext().prec = 40",
        f"formula = {draft.value('formula', given.text('formula'))}",
        "value = calculated(formula)",
        'finish(spelled_out(value), f"{formula} = {with_cents(value)}")',
    )


def _replace(draft: Draft, given: Given) -> None:
    form = f"re.escape({draft.value('old', given.text('old'))})"
    draft.value("new", given.text("new"))
    form = rf'rf"(?<!\w){{{form}}}(?!\w)"'.replace('["old"]', "['old']") if given.flag("word") else form
    draft.add(f"sources = {files_of(draft, given.one('scope'))}", f"form = {form}", code_text.REPLACE.strip())


def _append(draft: Draft, given: Given) -> None:
    ends = "" if given.flag("line") else ' and text.endswith("\\n")'
    draft.add(
        f"path = {draft.value('path', given.text('path'))}",
        f"added = {draft.value('content', given.text('content'))}",
        "file = inside(path)",
        'text = file.read_bytes().decode() if file.exists() else ""',
        'if text and not text.endswith("\\n"):',
        '    added = "\\n" + added',
        f'if not added.endswith("\\n"){ends}:',
        '    added += "\\n"',
        "new_file(path).write_bytes((text + added).encode())",
        'finish(len(added), f"added to {path}")',
    )


def _combine(draft: Draft, given: Given) -> None:
    found = [files_of(draft, scope) for scope in given.many("scopes")]
    named = [scope.text("path") for scope in given.many("scopes") if scope.has("path")]
    if len(named) == len(found):
        paths = f"[named(path) for path in {draft.value('paths', [*named])}]"
        del draft.values["path"]
        for place in range(2, len(set(named)) + 1):
            del draft.values[f"path_{place}"]
    else:
        paths = " + ".join(found)
    draft.value("target", given.text("target"))
    draft.add(f"parts = [text_of(path) for path in {paths}]", code_text.COMBINE.strip())


def _diff(draft: Draft, given: Given) -> None:
    names = draft.value("paths", [scope.text("path") for scope in given.many("scopes")])
    draft.add(
        f"names = {names}",
        "one, two = (text_of(named(path)) for path in names)",
        "if one == two:",
        '    finish("identical", f"{names[0]} and {names[1]} are identical: no differences")',
        "    sys.exit(0)",
        'found = difflib.unified_diff(one.splitlines(), two.splitlines(), *names, lineterm="", n=1)',
        'found = [line.rstrip("\\n") for line in found]',
        'more = sum(line.startswith("+") for line in found[2:])',
        'less = sum(line.startswith("-") for line in found[2:])',
        'head = f"different, not identical: {less} lines only in {names[0]} (-), {more} only in {names[1]} (+)"',
    )
    add_listing(draft, given, "found", "head", result='"different"')


def _summary(draft: Draft, given: Given) -> None:
    draft.value("path", given.text("path"))
    draft.value("n", given.raw("n"))
    draft.add(
        code_text.SUMMARY.strip(),
        'head = f"the {len(best)} most telling of {len(sentences)} sentences of {path}, word for word"',
    )
    add_listing(draft, given, "found", "head")


def _value(draft: Draft, given: Given) -> None:
    draft.add(
        f"path = {draft.value('path', given.text('path'))}",
        'data = json.loads(existing(path).read_text(encoding="utf-8-sig"))',
    )
    if not given.has("key"):
        draft.add(
            "if not isinstance(data, dict):",
            '    stop(f"{path} is no object: it has no keys.")',
            'finish(len(data), listing(list(data), f"{len(data)} keys"))',
        )
        return
    draft.add(
        f"key = {draft.value('key', given.text('key'))}",
        "value = value_in(data, key, path)",
        "text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)",
        'finish(short(text), f"{key} = {text}")',
    )


TEXT_PROGRAMS: Mapping[str, Writer] = {
    "count": _count,
    "matches": _matches,
    "occurrences": _occurrences,
    "take": _take,
    "sort_lines": _sort_lines,
    "line_numbers": _line_numbers,
    "replace": _replace,
    "append": _append,
    "combine": _combine,
    "diff": _diff,
    "summary": _summary,
    "value": _value,
    "numbers": _numbers,
    "formula": _formula,
}
