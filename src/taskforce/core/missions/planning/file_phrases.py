"""Phrases about files and folders: list, find, count, copy, move, delete, hash."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

import re
from collections.abc import Callable

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import count, sizes
from taskforce.core.missions.planning.context import NotUnderstood, Referent, Slots, Step, python

Builder = Callable[[Slots], Step]


def _list(slots: Slots) -> Step:
    """List by the plain tool where one pattern says it; folders are shown with their files."""
    scope = slots.scope()
    found = python("files", {"scope": scope}, scope=scope)
    patterns = scope.get("patterns")
    if not isinstance(patterns, list) or len(patterns) != 1:
        return found
    name = str(patterns[0])
    pattern = f"**/{name}"
    arguments: JsonObject = {"path": scope["folder"], "pattern": pattern}
    return Step(
        tool="list_files",
        arguments=arguments,
        program="files",
        leaves=found.leaves,
        savable_as=found.arguments,
    )


def _by_size(slots: Slots) -> Step:
    key = "larger" if slots.has("larger") else "smaller"
    size = sizes(slots.values["number"], slots.values["unit"])
    scope = slots.scope()
    return python("files", {"scope": scope, key: size})


def _count(slots: Slots) -> Step:
    scope = slots.scope()
    if "folder" not in scope:
        raise NotUnderstood
    return python(
        "count_files", {"scope": scope, "deep": slots.has("deep") or not slots.has("place")}, scope=scope
    )


def _count_them(slots: Slots) -> Step:
    scope = slots.scope()
    if "folder" not in scope:
        raise NotUnderstood
    return python("count_files", {"scope": scope, "deep": True}, scope=scope)


def _placed(slots: Slots) -> Slots:
    return Slots({**slots.values, "place": "."}, slots.wording, slots.before)


def _biggest(slots: Slots) -> Step:
    if slots.has("of_table"):
        raise NotUnderstood
    arguments: JsonObject = {
        "scope": slots.scope(),
        "n": count(slots.values.get("n", "1")),
        "down": slots.values["end"].lower() in {"largest", "biggest"},
    }
    return python("biggest", arguments)


def _size(slots: Slots) -> Step:
    scope = slots.scope()
    return python("size", {"scope": scope}, path=scope.get("path"))


def _exists(slots: Slots) -> Step:
    return python("exists", {"path": slots.text("target")})


def _hash(slots: Slots) -> Step:
    algorithm = re.sub(r"[^a-z0-9]", "", slots.values.get("algorithm", "sha256").lower())
    if slots.has("quoted"):
        return python("hash", {"algorithm": algorithm, "text": slots.text("quoted")})
    scope = slots.scope()
    return python("hash", {"algorithm": algorithm, "scope": scope}, path=scope.get("path"))


def _sources(slots: Slots) -> list[JsonObject]:
    if slots.has("paths"):
        paths = [
            slots.wording.unquote(one).strip()
            for one in re.split(r" ?, (?:and )?| and ", slots.values["paths"])
        ]
        return [{"path": path} for path in paths]
    return [slots.scope()]


def _transfer(*, move: bool) -> Builder:
    def build(slots: Slots) -> Step:
        scopes = _sources(slots)
        last = next((step.leaves for step in reversed(slots.before) if not step.is_silent), Referent())
        if slots.has("target"):
            target = slots.text("target")
        elif slots.has("into"):
            target = slots.text("into")
        elif last.folder is not None:
            target = f"{last.folder.rstrip('/')}/"
        else:
            raise NotUnderstood
        arguments: JsonObject = {
            "scopes": [*scopes],
            "target": target,
            "move": move,
            "into": slots.has("into"),
        }
        is_renaming = slots.has("target") and not target.endswith("/")
        leaves = {"path": target} if move and len(scopes) == 1 and is_renaming else {"paths": ("", target)}
        folder = last.folder if target.endswith("/") else None
        return python("transfer", arguments, folder=folder, **leaves)

    return build


def _rename(slots: Slots) -> Step:
    source, target = slots.path("source"), slots.text("target")
    if "/" not in target and "/" in source:
        target = f"{source.rpartition('/')[0]}/{target}"
    arguments: JsonObject = {"scopes": [{"path": source}], "target": target, "move": True, "into": False}
    return python("transfer", arguments, path=target)


def _delete(slots: Slots) -> Step:
    return python("delete", {"scopes": [*_sources(slots)], "deep": slots.has("deep")}, paths=("", ""))


def _delete_folder(slots: Slots) -> Step:
    return python("delete_folder", {"path": slots.text("folder"), "deep": slots.has("deep")}, paths=("", ""))


def _make_folder(slots: Slots) -> Step:
    found = [
        slots.wording.unquote(one).strip()
        for one in re.split(r" ?, (?:and )?| and ", slots.values["folders"])
    ]
    leaves = Referent(folder=found[0] if len(found) == 1 else None, paths=("", ""))
    return Step(tool="python", program="make_folder", arguments={"paths": [*found]}, leaves=leaves)


def _combine(slots: Slots) -> Step:
    target = slots.text("target")
    if any(
        str(scope.get("path", target)).lower().endswith((".csv", ".json", ".db", ".tsv"))
        for scope in _sources(slots)
    ):
        raise NotUnderstood
    return python("combine", {"scopes": [*_sources(slots)], "target": target}, path=target)


_WHERE = "[((in|of|inside|within|under|from) %place|here)]"
_PLACED = "<place:placeword> %place"
_DEEP = "[[,] <deep:deeply>]"
_FOLDERISH = "(folder|directory|subfolder)"
_TO = "(to|into|as)"

FILE_PHRASES: tuple[tuple[str, Builder], ...] = (
    (f"(list|show|find|files|list of) [me] [all] [of] [<kind>] files {_WHERE} {_DEEP}", _list),
    (f"(list|show|find) [me] [all] files (with extension|ending in|ending with) <kind> {_WHERE}", _list),
    (f"[list] [all] [<kind>] files {_WHERE} {_DEEP}", _list),
    (f"(list|find) [all] (<glob>|files matching <glob>|<glob> files) {_WHERE}", _list),
    (f"(list|show) contents of <folder> {_FOLDERISH}", _list),
    (f"(list|show) [contents of] {_FOLDERISH} <folder>", _list),
    ("(which|what) [<kind>] files are (there|in %place) [(in|of) %place]", _list),
    ("number of [all] <kind> files [<deep:deeply>]", _count),
    (f"number of [all] [<kind>] files [are there] {_PLACED} {_DEEP}", _count),
    ("number of [all] files", lambda slots: _count(_placed(slots))),
    ("number of <it:themall>", _count_them),
    (f"number of <glob> files {_PLACED} {_DEEP}", _count),
    (f"<end:sizeword> [<n>] [<kind>] (file|files) {_WHERE}", _biggest),
    (f"<n> <end:sizeword> [<kind>] files {_WHERE}", _biggest),
    (f"(which|what) [<kind>] file {_WHERE} (is|are) <end:sizeword> {_WHERE}", _biggest),
    (f"[find] [all] [<kind>] files (<larger:largerthan>|<smaller:smallerthan>) <number> <unit:sizeunit> {_WHERE}", _by_size),
    (f"[find] [all] [<kind>] files {_WHERE} (<larger:largerthan>|<smaller:smallerthan>) <number> <unit:sizeunit>", _by_size),
    ("(size|file size) [in bytes] of %the_file (<path>|<it>) [in bytes]", _size),
    ("number of bytes (in|of) %the_file (<path>|<it>)", _size),
    (f"total size of [all] [<kind>] files {_WHERE}", _size),
    ("how (large|big) is %the_file <path>", _size),
    ("(check|see|determine|find out) (whether|if) [there is] [file] <target> [exists]", _exists),
    ("does [file] <target> exist", _exists),
    ("is there [file] [called|named] <target>", _exists),
    ("(<algorithm>|<algorithm> (hash|checksum|digest|sum)|hash|checksum) (of|for) %the_file (<path>|<it>)", _hash),
    ("(<algorithm>|<algorithm> (hash|checksum|digest|sum)) (of|for) (string|text|word) <quoted>", _hash),
    ("(<algorithm>|<algorithm> (hashes|checksums|digests)|hashes|checksums) (of|for) [all|each] [<kind>] files " + _WHERE, _hash),
    (f"hash [all] <kind> files {_WHERE} [(with|using|by) <algorithm>]", _hash),
    ("<algorithm> <path>", _hash),
    ("(hash|checksum) %the_file (<path>|<it>) [(with|using|by) <algorithm>]", _hash),
    ("(copy|duplicate) (<paths>|<it>) (into|to) [<kind_of:newword>] " + _FOLDERISH + " [called|named] <into:folder>", _transfer(move=False)),
    ("(copy|duplicate) (<paths>|<it>) (into|to) <into:folder> " + _FOLDERISH, _transfer(move=False)),
    (f"(copy|duplicate) [%the_file] (<paths>|<it>) {_TO} [file] [called|named] <target>", _transfer(move=False)),
    ("(copy|duplicate) [all] (<kind> files|<glob>|<glob> files) (into|to) (" + _FOLDERISH + " [called|named] <into:folder>|<into:folder> " + _FOLDERISH + "|<into:slashed>)", _transfer(move=False)),
    ("(copy|duplicate) <paths> (into|to) (<same_folder:itself>|<same_folder:itself> " + _FOLDERISH + ")", _transfer(move=False)),
    ("move <paths> (into|to) (<same_folder:itself>|<same_folder:itself> " + _FOLDERISH + ")", _transfer(move=True)),
    ("move (<paths>|<it>) (into|to) [<kind_of:newword>] " + _FOLDERISH + " [called|named] <into:folder>", _transfer(move=True)),
    ("move (<paths>|<it>) (into|to) <into:folder> " + _FOLDERISH, _transfer(move=True)),
    ("move [all] (<kind> files|<glob>|<glob> files) (into|to) (" + _FOLDERISH + " [called|named] <into:folder>|<into:folder> " + _FOLDERISH + "|<into:slashed>)", _transfer(move=True)),
    ("move [%the_file] (<paths>|<it>) (to|into) [file] <target>", _transfer(move=True)),
    ("rename [%the_file] (<source:path>|<it>) (to|as|into) <target>", _rename),
    ("(delete|remove) " + _FOLDERISH + " <folder> [<deep:withcontents>]", _delete_folder),
    ("(delete|remove) [file|files] (<paths>|<it>)", _delete),
    (f"(delete|remove) [all] (<kind> files|<glob>|<glob> files) {_WHERE} {_DEEP}", _delete),
    ("(create|make|add|mkdir) [<kind_of:newword>] (" + _FOLDERISH + "|folders|directories) [called|named] <folders>", _make_folder),
    ("mkdir [-p] <folders>", _make_folder),
    ("(combine|concatenate|merge|join) [files] <paths> into [<kind_of:newword>] [file] [called|named] <target>", _combine),
)  # fmt: skip
