"""The code of steps about files and folders."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

SCOPE = '''
import fnmatch, hashlib, os, shutil

RESERVED = {".git", ".taskforce"}


def files_of(scope):
    """Return the paths that a scope names, in order, as texts from the workspace's top."""
    if scope.get("path"):
        path = inside(scope["path"])
        if not path.is_file():
            stop(f"There is no file {scope['path']!r}.")
        return [scope["path"]]
    if scope.get("paths"):
        return [path for one in scope["paths"] for path in files_of({"path": one})]
    top = inside(scope["folder"])
    if not top.is_dir():
        stop(f"There is no folder {scope['folder']!r}.")
    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in RESERVED)
        for name in names:
            path = Path(folder, name)
            below = path.relative_to(top).as_posix()
            if any(fnmatch.fnmatch(below if "/" in one else name, one) for one in scope["patterns"]):
                found.append(path.relative_to(ROOT).as_posix())
    return sorted(found)


def text_of(path):
    try:
        return inside(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        stop(f"{path} is no text in UTF-8.")


def texts_in(scope):
    """Return the files of a scope that are text; one that is named must be."""
    return [path for path in listed(scope) if "folder" not in scope or is_text(path)]


def is_text(path):
    try:
        return "\\0" not in inside(path).read_bytes().decode()
    except UnicodeDecodeError:
        return False


def listed(scope):
    """Return the files of a scope; stop when there is none."""
    found = files_of(scope)
    if not found:
        stop("There is no such file.")
    return found
'''

FILES = """

found = files_of(ARGS["scope"])
least, most = ARGS.get("larger"), ARGS.get("smaller")
if least is not None:
    found = [path for path in found if inside(path).stat().st_size > least]
if most is not None:
    found = [path for path in found if inside(path).stat().st_size < most]
lines(found, f"{len(found)} files")
"""

COUNT_FILES = """

found = files_of(ARGS["scope"])
top = Path(ARGS["scope"]["folder"])
direct = [path for path in found if Path(path).parent == top]
if len(direct) == len(found):
    finish(len(found), f"{len(found)} files")
if ARGS["deep"]:
    finish(len(found), f"{len(found)} files, {len(direct)} of them not in subfolders")
stop(f"{len(direct)} files are in the folder itself, {len(found)} with its subfolders: say which are meant.")
"""

BIGGEST = """

found = [(inside(path).stat().st_size, path) for path in listed(ARGS["scope"])]
found.sort(key=lambda one: (-one[0], one[1]) if ARGS["down"] else (one[0], one[1]))
n = ARGS["n"]
if n < len(found) and found[n - 1][0] == found[n][0]:
    stop(f"Several files share {found[n][0]} bytes: say which are meant.")
lines([f"{path} ({size} bytes)" for size, path in found[:n]], "", result=", ".join(path for _, path in found[:n]))
"""

SIZE = """

found = listed(ARGS["scope"])
total = sum(inside(path).stat().st_size for path in found)
finish(total, f"{total} bytes" + (f" in {len(found)} files" if len(found) > 1 else ""))
"""

EXISTS = """

there = inside(ARGS["path"]).exists()
finish("yes" if there else "no", f"{'yes' if there else 'no'}, {ARGS['path']} {'exists' if there else 'does not exist'}")
"""

HASH = """

if ARGS.get("text") is not None:
    value = hashlib.new(ARGS["algorithm"], ARGS["text"].encode()).hexdigest()
    finish(value, f"{ARGS['algorithm']} = {value}")
found = [(hashlib.new(ARGS["algorithm"], inside(path).read_bytes()).hexdigest(), path) for path in listed(ARGS["scope"])]
if ARGS.get("save") and len(found) == 1:
    lines([found[0][0]], "", result=found[0][0])
lines([f"{ARGS['algorithm']} of {path} = {value}" for value, path in found], "",
      result=found[0][0] if len(found) == 1 else None)
"""

TRANSFER = """

for scope in ARGS["scopes"]:
    if "folder" in scope and any(Path(path).parent != Path(scope["folder"]) for path in listed(scope)):
        stop("Some of these files are in subfolders: say whether they are meant. Nothing was changed.")
done = []
target = inside(ARGS["target"])
is_folder = ARGS["target"].endswith("/") or target.is_dir() or ARGS["into"]
for source in [one for scope in ARGS["scopes"] for one in listed(scope)]:
    done.append((inside(source), target / Path(source).name if is_folder else target))
if len(done) > 1 and not is_folder:
    stop(f"Several files cannot become one: {ARGS['target']} is no folder.")
for source, goal in done:
    if goal.exists():
        stop(f"{goal.relative_to(ROOT)} is already there; nothing was changed.")
if len({goal for _, goal in done}) < len(done):
    stop("Two of the files have the same name; nothing was changed.")
for source, goal in done:
    goal.parent.mkdir(parents=True, exist_ok=True)
    (shutil.move if ARGS["move"] else shutil.copyfile)(source, goal)
word = "moved" if ARGS["move"] else "copied"
lines([f"{word} {source.relative_to(ROOT)} to {goal.relative_to(ROOT)}" for source, goal in done], "")
"""

DELETE = """

targets = []
for scope in ARGS["scopes"]:
    found = listed(scope)
    if "folder" in scope and any(Path(path).parent != Path(scope["folder"]) for path in found) and not ARGS["deep"]:
        stop("Some of these files are in subfolders: say whether they are meant. Nothing was deleted.")
    targets += found
for path in targets:
    inside(path).unlink()
lines([f"deleted {path}" for path in targets], "")
"""

DELETE_FOLDER = """

path = inside(ARGS["path"])
if not path.is_dir() or path == ROOT:
    stop(f"There is no folder {ARGS['path']!r} to delete.")
if any(path.iterdir()) and not ARGS["deep"]:
    stop(f"The folder {ARGS['path']} is not empty; nothing was deleted.")
shutil.rmtree(path)
finish(ARGS["path"], f"deleted the folder {ARGS['path']}")
"""

MAKE_FOLDER = """

for name in ARGS["paths"]:
    path = inside(name)
    if path.exists() and not path.is_dir():
        stop(f"{name} is already there and is no folder.")
    path.mkdir(parents=True, exist_ok=True)
finish(len(ARGS["paths"]), "made the folder " + ", ".join(ARGS["paths"]))
"""

CREATE = """

path = inside(ARGS["path"])
if path.exists():
    stop(f"{ARGS['path']} is already there; nothing was changed.")
path.parent.mkdir(parents=True, exist_ok=True)
path.touch()
finish(ARGS["path"], f"made the empty file {ARGS['path']}")
"""

RUN = """
import runpy

path = inside(ARGS["path"])
if not path.is_file():
    stop(f"There is no file {ARGS['path']!r}.")
sys.argv = [ARGS["path"]]
sys.path.insert(0, str(path.parent))
runpy.run_path(str(path), run_name="__main__")
"""
