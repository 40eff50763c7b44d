"""The code of steps about files, folders and the text of files."""

FILES = r'''
def named(path):
    """Return a path as it is named; stop when there is no such file."""
    existing(path)
    return path


def files_in(folder, patterns):
    """Return the files below a folder, in order, as texts from the workspace's top."""
    top, root = inside(folder), Path.cwd()
    if not top.is_dir():
        stop(f"There is no folder {folder!r}.")
    found = []
    for here, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in {".git", ".taskforce"})
        for name in names:
            path = Path(here, name)
            below = path.relative_to(top).as_posix()
            if any(fnmatch.fnmatch(below if "/" in one else name, one) for one in patterns):
                found.append(path.relative_to(root).as_posix())
    return sorted(found)


def some(found):
    if not found:
        stop("There is no such file.")
    return found


def flat_only(found, folder, done):
    """Return files; stop when some are in subfolders."""
    if any(Path(path).parent != Path(folder) for path in found):
        stop(f"Some of these files are in subfolders: say whether they are meant. Nothing was {done}.")
    return found


def text_of(path):
    try:
        return inside(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        stop(f"{path} is no text in UTF-8.")


def is_text(path):
    try:
        return "\0" not in inside(path).read_bytes().decode()
    except UnicodeDecodeError:
        return False


def definitions(path, kind):
    """Return what a Python file defines, with the lines; a function within a class is a method."""
    try:
        tree = ast.parse(text_of(named(path)))
    except SyntaxError as error:
        stop(f"{path} is no valid Python: line {error.lineno}.")
    found = []
    todo = [(tree, "", False)]
    while todo:
        node, above, in_class = todo.pop()
        is_class = isinstance(node, ast.ClassDef)
        if is_class or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            what = "classes" if is_class else "methods" if in_class else "functions"
            if what == kind:
                found.append((node.lineno, f"{above}{node.name} (line {node.lineno})"))
            above += f"{node.name}."
        todo += [(below, above, is_class) for below in ast.iter_child_nodes(node)]
    return [text for _, text in sorted(found)]


def size(path):
    return inside(path).stat().st_size


def digest(path, algorithm):
    return hashlib.new(algorithm, inside(path).read_bytes()).hexdigest()


def planned(sources, target, is_into):
    """Return which file goes where; stop when something is in the way."""
    goal = inside(target)
    is_folder = target.endswith("/") or goal.is_dir() or is_into
    plan = [(inside(source), goal / Path(source).name if is_folder else goal) for source in sources]
    if len(plan) > 1 and not is_folder:
        stop(f"Several files cannot become one: {target} is no folder.")
    for _, to in plan:
        if to.exists():
            stop(f"{to.relative_to(Path.cwd())} is already there; nothing was changed.")
    if len({to for _, to in plan}) < len(plan):
        stop("Two of the files have the same name; nothing was changed.")
    return plan


def numbered(paths):
    """Return all lines with their files and numbers."""
    return [(path, place, line) for path in paths for place, line in enumerate(text_of(path).splitlines(), 1)]


def value_in(data, key, path):
    for name in [key] if isinstance(data, dict) and key in data else key.split("."):
        if not isinstance(data, dict) or name not in data:
            stop(f"There is no {key!r} in {path}.")
        data = data[name]
    return data
'''
