"""The main parts of programs about the text of one file that are always the same."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

REPLACE = r"""
changed = []
for path in sources:
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

COMBINE = r"""
text = "".join(part if part.endswith("\n") or not part else part + "\n" for part in parts)
target = ARGS["target"]
if inside(target).exists():
    stop(f"{target} is already there; nothing was changed.")
new_file(target).write_text(text, encoding="utf-8")
finish(len(parts), f"{len(parts)} files written to {target}")
"""

SUMMARY = r"""
STOP = set("the a an of to in and or is are was were be been for on with as by at it its this that from has have had "
           "not but they he she we you i which who will can their our".split())
path, n = ARGS["path"], ARGS["n"]
text = "\n".join("" if line.startswith(("#", "```", "|")) else line for line in text_of(path).splitlines())
text = re.sub(r"(?m)^\s*[-*]\s+", "\n\n", text)
sentences = [" ".join(one.split()) for part in re.split(r"\n\s*\n", text) for one in re.split(r"(?<=[.!?])\s+", part)]
sentences = [one for one in sentences if len(one.split()) > 2]
if not sentences:
    stop(f"There are no sentences in {path}.")
words = lambda one: [word for word in re.findall(r"\w+", one.lower()) if word not in STOP]
weights = {}
for one in sentences:
    for word in words(one):
        weights[word] = weights.get(word, 0) + 1
score = lambda place: (sum(weights[word] for word in words(sentences[place])) / (len(words(sentences[place])) + 3)
                       * (1.2 if place == 0 else 1))
best = sorted(sorted(range(len(sentences)), key=score, reverse=True)[:n])
found = [sentences[place] for place in best]
"""
