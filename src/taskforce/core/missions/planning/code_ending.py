"""The code by which every program ends: with a result, or by stopping; and how it finds its files."""

COMMON = r'''
def stop(reason):
    print(json.dumps({"stopped": reason}))
    sys.exit(1)


def inside(path):
    """Return a path of the workspace; stop when it leads out of it."""
    file = Path(path).resolve()
    if not file.is_relative_to(Path.cwd()):
        stop(f"{path} is not in the workspace.")
    return file


def existing(path):
    """Return a file of the workspace that is there."""
    file = Path(path).resolve()
    if not file.is_relative_to(Path.cwd()):
        stop(f"{path} is not in the workspace.")
    if not file.is_file():
        stop(f"There is no file {path!r}.")
    return file


def tell(result, say):
    """Tell a short result."""
    print(json.dumps({"result": result, "say": say}))


def finish(result, say):
    """Tell a result; more than this is cut anyhow."""
    while len(line := json.dumps({"result": result, "say": say})) > 7017:
        say = say[: len(say) * 3 // 4] + " …"
    print(line)


def short(result):
    if len(json.dumps(result)) > 3000:
        stop("The result is too long to be shown.")
    return result


def listing(found, *head):
    """Return lines to be shown."""
    more = [f"… and {len(found) - 50} more"] if len(found) > 50 else []
    return "\n".join([*head, *found[:50], *more])


def new_file(path):
    """Return a file to be written, in a folder that is there."""
    file = inside(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def check_new(path):
    """Stop when there is such a file already."""
    if inside(path).exists():
        stop(f"{path} is already there; nothing was changed.")


def write(found, path):
    """Write lines; return what tells it."""
    new_file(path).write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    return f"{len(found)} lines written to {path}"
'''
