"""The code of steps about the text of files."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

COUNT = """

UNITS = {
    "lines": lambda text: len(text.splitlines()),
    "words": lambda text: len(text.split()),
    "characters": len,
    "non-empty lines": lambda text: sum(1 for line in text.splitlines() if line.strip()),
    "empty lines": lambda text: sum(1 for line in text.splitlines() if not line.strip()),
}
counts = {path: [UNITS[unit](text_of(path)) for unit in ARGS["units"]] for path in listed(ARGS["scope"])}
totals = [sum(column) for column in zip(*counts.values())]
tell = lambda figures: ", ".join(f"{figure} {unit}" for figure, unit in zip(figures, ARGS["units"]))
if len(counts) == 1:
    finish(", ".join(map(str, totals)), f"{tell(totals)} in {next(iter(counts))}")
lines([*(f"{path}: {tell(figures)}" for path, figures in counts.items()), f"together: {tell(totals)}"], "",
      result=", ".join(map(str, totals)))
"""

MATCHES = """

def is_match(text, ignore):
    wanted, text = (ARGS["text"].lower(), text.lower()) if ignore else (ARGS["text"], text)
    tests = {
        "contains": wanted in text,
        "starts with": text.startswith(wanted),
        "ends with": text.rstrip().endswith(wanted),
    }
    return tests[ARGS["how"]] != ARGS["inverse"]


def found(ignore):
    return [(path, number, line) for path in texts_in(ARGS["scope"])
            for number, line in enumerate(text_of(path).splitlines(), 1) if is_match(line, ignore)]


exact, loose = found(ARGS["ignore_case"]), found(True)
note = f" (ignoring upper and lower case: {len(loose)})" if len(loose) != len(exact) else ""
if ARGS["loose"] and len(exact) != len(loose):
    stop(f"{len(exact)} lines have {ARGS['text']!r}, {len(loose)} when case is ignored: say which are meant.")
if ARGS["loose"] and not exact:
    stop(f"No line has {ARGS['text']!r}; put it in quotes to look for exactly this.")
if ARGS["show"] == "files":
    lines(list(dict.fromkeys(path for path, _, _ in exact)), f"files with {ARGS['text']!r}{note}")
single = len({path for path, _, _ in exact}) <= 1
if ARGS["show"] == "lines":
    texts = [line if single else f"{path}:{number}: {line}" for path, number, line in exact]
    lines(texts, f"{len(exact)} lines{note}")
finish(len(exact), f"{len(exact)} lines{note}")
"""

OCCURRENCES = """

texts = [text_of(path) for path in texts_in(ARGS["scope"])]
wanted = ARGS["text"]
whole = rf"(?<!\\w){re.escape(wanted)}(?!\\w)"
counts = {
    "as it is written": sum(text.count(wanted) for text in texts),
    "ignoring case": sum(text.lower().count(wanted.lower()) for text in texts),
    "as a whole word": sum(len(re.findall(whole, text)) for text in texts),
    "as a whole word, ignoring case": sum(len(re.findall(whole, text, re.IGNORECASE)) for text in texts),
}
main = "as a whole word" if ARGS["word"] else "as it is written"
if ARGS["word"] and counts[main] != counts["as a whole word, ignoring case"]:
    stop(", ".join(f"{count} times {how}" for how, count in counts.items()) + ": say which is meant.")
if not ARGS["word"] and not ARGS["quoted"] and len(set(counts.values())) > 1:
    stop(", ".join(f"{count} times {how}" for how, count in counts.items()) + ": say which is meant.")
others = [f"{count} {how}" for how, count in counts.items() if count != counts[main]]
finish(counts[main], f"{counts[main]} times {wanted!r}" + (f" ({', '.join(others)})" if others else ""))
"""

TAKE = """

texts = text_of(ARGS["path"]).splitlines()
first, last = ARGS["first"], ARGS["last"]
if first > len(texts):
    stop(f"{ARGS['path']} has only {len(texts)} lines.")
if first < 0:
    taken = texts[first:]
else:
    taken = texts[first - 1 : last]
lines(taken, "")
"""

SORT = """

texts = [line for line in text_of(ARGS["path"]).splitlines() if line.strip()]
numeric = all(re.fullmatch(r"-?\\d+(?:\\.\\d+)?", line.strip()) for line in texts)
if ARGS["numeric"] and not numeric:
    stop(f"Not all lines of {ARGS['path']} are numbers.")
if numeric and not ARGS["numeric"] and ARGS["alphabetic"]:
    numeric = False
if not numeric and sorted(texts) != sorted(texts, key=str.lower):
    key = lambda line: (line.lower(), line)
else:
    key = (lambda line: float(line)) if numeric else (lambda line: line)
if ARGS["unique"]:
    texts = list(dict.fromkeys(texts))
if ARGS["sort"]:
    texts.sort(key=key, reverse=ARGS["down"])
lines(texts, f"{len(texts)} lines; {ARGS['path']} itself is unchanged")
"""

NUMBERS = """

texts = [line.strip() for line in text_of(ARGS["path"]).splitlines() if line.strip()]
bad = next((line for line in texts if not re.fullmatch(r"-?\\d+(?:\\.\\d+)?", line)), None)
if bad is not None or not texts:
    stop(f"The lines of {ARGS['path']} are not all numbers: {bad!r}.")
values = [Decimal(line) for line in texts]
values_of = {name: figure(name, values) for name in ARGS["figures"]}
finish(", ".join(map(shown, values_of.values())), "; ".join(f"{name} = {rounded(v)}" for name, v in values_of.items()))
"""

REPLACE = """

changed = []
form = re.escape(ARGS["old"])
if ARGS["word"]:
    form = rf"(?<!\\w){form}(?!\\w)"
for path in listed(ARGS["scope"]):
    text = inside(path).read_bytes().decode()
    count = len(re.findall(form, text))
    if count:
        changed.append((path, count, re.sub(form, lambda _: ARGS["new"], text)))
if not changed:
    stop(f"{ARGS['old']!r} is nowhere in it; nothing was changed.")
for path, _, text in changed:
    inside(path).write_bytes(text.encode())
total = sum(count for _, count, _ in changed)
finish(total, f"{total} replaced: " + ", ".join(f"{count} in {path}" for path, count, _ in changed))
"""

APPEND = """

path = inside(ARGS["path"])
text = path.read_bytes().decode() if path.exists() else ""
added = ARGS["content"]
if text and not text.endswith("\\n"):
    added = "\\n" + added
if not added.endswith("\\n") and (ARGS["line"] or text.endswith("\\n")):
    added += "\\n"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_bytes((text + added).encode())
finish(len(added), f"added to {ARGS['path']}")
"""

COMBINE = """

parts = [text_of(path) for scope in ARGS["scopes"] for path in listed(scope)]
text = "".join(part if part.endswith("\\n") or not part else part + "\\n" for part in parts)
target = inside(ARGS["target"])
if target.exists():
    stop(f"{ARGS['target']} is already there; nothing was changed.")
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(text, encoding="utf-8")
finish(len(parts), f"{len(parts)} files written to {ARGS['target']}")
"""

DIFF = """
import difflib

one, two = (text_of(listed(scope)[0]) for scope in ARGS["scopes"])
names = [scope["path"] for scope in ARGS["scopes"]]
if one == two:
    finish("identical", f"{names[0]} and {names[1]} are identical: no differences")
found = [line.rstrip("\\n") for line in difflib.unified_diff(one.splitlines(), two.splitlines(), *names, lineterm="", n=1)]
more = sum(line.startswith("+") for line in found[2:])
less = sum(line.startswith("-") for line in found[2:])
lines(found, f"different, not identical: {less} lines only in {names[0]} (-), {more} only in {names[1]} (+)",
      result="different")
"""

SUMMARY = """

STOP = set("the a an of to in and or is are was were be been for on with as by at it its this that from has have had "
           "not but they he she we you i which who will can their our".split())
text = "\\n".join("" if line.startswith(("#", "```", "|")) else line for line in text_of(ARGS["path"]).splitlines())
text = re.sub(r"(?m)^\\s*[-*]\\s+", "\\n\\n", text)
sentences = [" ".join(one.split()) for part in re.split(r"\\n\\s*\\n", text) for one in re.split(r"(?<=[.!?])\\s+", part)]
sentences = [one for one in sentences if len(one.split()) > 2]
if not sentences:
    stop(f"There are no sentences in {ARGS['path']}.")
words = lambda one: [word for word in re.findall(r"\\w+", one.lower()) if word not in STOP]
weights = {}
for one in sentences:
    for word in words(one):
        weights[word] = weights.get(word, 0) + 1
score = lambda place: (sum(weights[word] for word in words(sentences[place])) / (len(words(sentences[place])) + 3)
                       * (1.2 if place == 0 else 1))
best = sorted(sorted(range(len(sentences)), key=score, reverse=True)[: ARGS["n"]])
lines([sentences[place] for place in best],
      f"the {len(best)} most telling of {len(sentences)} sentences of {ARGS['path']}, word for word", numbered=False)
"""

VALUE = """

path = inside(ARGS["path"])
if not path.is_file():
    stop(f"There is no file {ARGS['path']!r}.")
data = json.loads(path.read_text(encoding="utf-8-sig"))
if ARGS["key"] is None:
    if not isinstance(data, dict):
        stop(f"{ARGS['path']} is no object: it has no keys.")
    lines(list(data), f"{len(data)} keys")
for name in [ARGS["key"]] if isinstance(data, dict) and ARGS["key"] in data else ARGS["key"].split("."):
    if not isinstance(data, dict) or name not in data:
        stop(f"There is no {ARGS['key']!r} in {ARGS['path']}.")
    data = data[name]
text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
finish(text, f"{ARGS['key']} = {text}")
"""
