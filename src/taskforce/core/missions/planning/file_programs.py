"""Programs about files and folders."""
# ruff: noqa: E501 - a line of a program stands on one line

from collections.abc import Callable, Mapping

from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.given import Given

Writer = Callable[[Draft, Given], None]


def files_of(draft: Draft, scope: Given, *, strict: bool = True) -> str:
    """Return the expression of a scope's files; a strict one stops when there is none."""
    if scope.has("path"):
        return f"[named({draft.value('path', scope.text('path'))})]"
    if scope.has("paths"):
        return f"[named(path) for path in {draft.value('paths', [*scope.texts('paths')])}]"
    folder = draft.value("folder", scope.text("folder"))
    found = f"files_in({folder}, {draft.value('patterns', [*scope.texts('patterns')])})"
    return f"some({found})" if strict else found


def add_listing(draft: Draft, given: Given, found: str, head: str = "", result: str = "") -> None:
    """End with lines: write them to a file if that is wanted, else show them."""
    if given.flag("save"):
        path = draft.value("save", given.text("save"))
        draft.add(f"finish({result or None}, write({found}, {path}))")
    else:
        draft.add(f"finish({result or f'len({found})'}, listing({f'{found}, {head}' if head else found}))")


def _files(draft: Draft, given: Given) -> None:
    draft.add(f"found = {files_of(draft, given.one('scope'), strict=False)}")
    for name, sign in (("larger", ">"), ("smaller", "<")):
        if given.has(name):
            draft.add(
                f"found = [path for path in found if size(path) {sign} {draft.value(name, given.raw(name))}]"
            )
    add_listing(draft, given, "found", 'f"{len(found)} files"')


def _count_files(draft: Draft, given: Given) -> None:
    found = files_of(draft, given.one("scope"), strict=False)
    draft.add(
        f"found = {found}",
        'direct = [path for path in found if Path(path).parent == Path(ARGS["folder"])]',
        "if len(direct) == len(found):",
        '    tell(len(found), f"{len(found)} files")',
        "else:",
    )
    if given.flag("deep"):
        draft.add(
            '    tell(len(found), f"{len(found)} files, {len(direct)} of them not in subfolders")',
        )
    else:
        draft.add(
            '    stop(f"{len(direct)} files are in the folder itself, {len(found)} with its subfolders:'
            ' say which are meant.")',
        )


def _biggest(draft: Draft, given: Given) -> None:
    sign = "-" if given.flag("down") else ""
    draft.add(
        f"found = [(size(path), path) for path in {files_of(draft, given.one('scope'))}]",
        f"found.sort(key=lambda one: ({sign}one[0], one[1]))",
        f"n = {draft.value('n', given.raw('n'))}",
        "if n < len(found) and found[n - 1][0] == found[n][0]:",
        '    stop(f"Several files share {found[n][0]} bytes: say which are meant.")',
        'lines = [f"{path} ({count} bytes)" for count, path in found[:n]]',
    )
    add_listing(draft, given, "lines", result='short(", ".join(path for _, path in found[:n]))')


def _size(draft: Draft, given: Given) -> None:
    draft.add(
        f"found = {files_of(draft, given.one('scope'))}",
        "total = sum(map(size, found))",
        'tell(total, f"{total} bytes" + (f" in {len(found)} files" if len(found) > 1 else ""))',
    )


def _exists(draft: Draft, given: Given) -> None:
    draft.add(
        f"path = {draft.value('path', given.text('path'))}",
        "if inside(path).exists():",
        '    finish("yes", f"yes, {path} exists")',
        "else:",
        '    finish("no", f"no, {path} does not exist")',
    )


def _hash(draft: Draft, given: Given) -> None:
    algorithm = given.text("algorithm")
    if given.has("text"):
        text = draft.value("text", given.text("text"))
        draft.add(
            f"value = hashlib.new({draft.value('algorithm', algorithm)}, {text}.encode()).hexdigest()",
            "finish(value, f\"{ARGS['algorithm']} = {value}\")",
        )
        return
    draft.add(
        f"found = {files_of(draft, given.one('scope'))}",
        f"values = [digest(path, {draft.value('algorithm', algorithm)}) for path in found]",
    )
    lines = [
        "lines = [f\"{ARGS['algorithm']} of {path} = {value}\" for path, value in zip(found, values)]",
        "result = values[0] if len(found) == 1 else {otherwise}",
    ]
    if given.flag("save"):
        draft.add(lines[0], "if len(found) == 1:", "    lines = values", lines[1].format(otherwise="None"))
    else:
        draft.add(lines[0], lines[1].format(otherwise="len(lines)"))
    add_listing(draft, given, "lines", result="result")


def _transfer(draft: Draft, given: Given) -> None:
    draft.add("sources = []")
    for scope in given.many("scopes"):
        found = files_of(draft, scope)
        if scope.has("folder"):
            found = f'flat_only({found}, {draft.value("folder", scope.text("folder"))}, "changed")'
        draft.add(f"sources += {found}")
    target = draft.value("target", given.text("target"))
    do, word = ("shutil.move", "moved") if given.flag("move") else ("shutil.copyfile", "copied")
    draft.add(
        f"plan = planned(sources, {target}, {given.flag('into')})",
        "for source, goal in plan:",
        "    goal.parent.mkdir(parents=True, exist_ok=True)",
        f"    {do}(source, goal)",
        "root = Path.cwd()",
        f'lines = [f"{word} {{source.relative_to(root)}} to {{goal.relative_to(root)}}" for source, goal in plan]',
        "finish(len(lines), listing(lines))",
    )


def _delete(draft: Draft, given: Given) -> None:
    draft.add("targets = []")
    for scope in given.many("scopes"):
        found = files_of(draft, scope)
        if scope.has("folder") and not given.flag("deep"):
            found = f'flat_only({found}, {draft.value("folder", scope.text("folder"))}, "deleted")'
        draft.add(f"targets += {found}")
    draft.add(
        "for path in targets:",
        "    inside(path).unlink()",
        'finish(len(targets), listing([f"deleted {path}" for path in targets]))',
    )


def _delete_folder(draft: Draft, given: Given) -> None:
    draft.add(
        f"name = {draft.value('path', given.text('path'))}",
        "path = inside(name)",
        "if not path.is_dir() or path == Path.cwd():",
        '    stop(f"There is no folder {name!r} to delete.")',
    )
    if not given.flag("deep"):
        draft.add(
            "if any(path.iterdir()):", '    stop(f"The folder {name} is not empty; nothing was deleted.")'
        )
    draft.add("shutil.rmtree(path)", 'finish(short(name), f"deleted the folder {name}")')


def _make_folder(draft: Draft, given: Given) -> None:
    paths = draft.value("paths", [*given.texts("paths")])
    draft.add(
        f"for name in {paths}:",
        "    path = inside(name)",
        "    if path.exists() and not path.is_dir():",
        '        stop(f"{name} is already there and is no folder.")',
        "    path.mkdir(parents=True, exist_ok=True)",
        f'finish(len({paths}), "made the folder " + ", ".join({paths}))',
    )


def _create(draft: Draft, given: Given) -> None:
    draft.add(
        f"name = {draft.value('path', given.text('path'))}",
        "if inside(name).exists():",
        '    stop(f"{name} is already there; nothing was changed.")',
        "new_file(name).touch()",
        'finish(short(name), f"made the empty file {name}")',
    )


def _run(draft: Draft, given: Given) -> None:
    draft.add(
        f"path = existing({draft.value('path', given.text('path'))})",
        f'sys.argv = [ARGS["path"], *{draft.value("given", given.raw("given"))}]'
        if given.has("given")
        else 'sys.argv = [ARGS["path"]]',
        "sys.path.insert(0, str(path.parent))",
        RUNS,
    )


RUNS = 'runpy.run_path(str(path), run_name="__main__")'
"""The last line of a program that runs a person's own file."""

FILE_PROGRAMS: Mapping[str, Writer] = {
    "files": _files,
    "count_files": _count_files,
    "biggest": _biggest,
    "size": _size,
    "exists": _exists,
    "hash": _hash,
    "transfer": _transfer,
    "delete": _delete,
    "delete_folder": _delete_folder,
    "make_folder": _make_folder,
    "create": _create,
    "run": _run,
}
