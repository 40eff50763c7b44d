"""Marks on files: which call wrote one last, kept in an extended attribute.

A mark is set on the temporary file before it takes its place: content and mark appear in one instant. Thus a
call that is started again after a crash sees whether it had happened.
"""

import errno
import os
import sys

_NAME = "user.taskforce.call"
_UNSUPPORTED = (errno.ENOTSUP, errno.EPERM, errno.ENOSYS, errno.ENOSPC, errno.E2BIG)


def set_mark(file: int, key: str) -> None:
    """Write the key to an open file; where the file system keeps no attributes, nothing happens."""
    if sys.platform != "linux":
        return
    try:
        os.setxattr(file, _NAME, key.encode())
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def get_mark(file: int) -> str | None:
    """Return the key on an open file, "" if it bears none, None if the file system keeps no attributes."""
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(file, _NAME).decode(errors="replace")
    except OSError as error:
        return "" if error.errno == errno.ENODATA else None
