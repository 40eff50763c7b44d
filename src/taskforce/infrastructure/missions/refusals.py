"""What the jail says when it refuses: what is so, and what would be right."""

import errno
import os
import stat
from difflib import get_close_matches

from taskforce.core.tools import ToolFailed

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFREG: "a file",
}
_REASONS = {
    errno.ELOOP: "the links lead in a circle, or were changed meanwhile",
    errno.ENOTDIR: "a part of the path is no folder, or was changed meanwhile",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
}
_NAMES_SHOWN = 20


class Missing(ToolFailed):
    """Nothing is where a path leads."""

    def __init__(self, path: str, folder: int) -> None:
        super().__init__(f"There is no {path!r}. {_what_is_there(folder, path)}")


class Outside(ToolFailed):
    """A path that leaves the workspace."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} leads out of the workspace. Give a path inside it, relative to its top.")


class Hidden(ToolFailed):
    """A path into a folder in which Taskforce keeps its state."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} lies where Taskforce keeps its state: no tool reads or writes there.")


class NoFile(ToolFailed):
    """Something that is there, but is no plain file."""

    def __init__(self, path: str, mode: int) -> None:
        advice = "List it with list_files." if stat.S_ISDIR(mode) else "Only files are read and written."
        super().__init__(f"{path!r} is {kind(mode)}, not a file. {advice}")


def kind(mode: int) -> str:
    """Return what a mode stands for, in words."""
    return _KINDS.get(stat.S_IFMT(mode), "something unknown")


def reason(error: OSError) -> str:
    """Return why the system refused, in words, without a path."""
    return _REASONS.get(error.errno or 0, os.strerror(error.errno or errno.EIO))


def shown(name: str) -> str:
    """Return a file name as text that keeps to one line, whatever bytes it is made of."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _what_is_there(folder: int, path: str) -> str:
    """Return the names nearest to the missing one, else the first ones, of the folder the path got to."""
    try:
        names = sorted(os.listdir(folder)[:10_000])
    except OSError:
        return "Use list_files to see what is there."
    near = [found for part in path.split("/") for found in get_close_matches(part, names, n=3)]
    near = near or names[:_NAMES_SHOWN]
    if not near:
        return "The folder is empty."
    return f"There is: {', '.join(map(shown, near))}{' …' if len(near) == _NAMES_SHOWN else '.'}"
