"""A log that cannot be written ends no work."""

import errno
import io
from pathlib import Path

from taskforce.infrastructure.system.log import LogLinesTo


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_for_which_there_is_no_space_is_left_out() -> None:
    logger = LogLinesTo(Full())()
    for say in (logger.msg, logger.warning, logger.error, logger.exception):
        say("the disk is full")


def test_a_line_is_written_where_there_is_space(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        LogLinesTo(file)().warning("lease_lost")
    assert (tmp_path / "log").read_text() == "lease_lost\n"
