"""Objects over a pipe between a process and one that it started: a length of eight bytes, then a pickle.

Both ends are ours and of one version: nothing that comes from elsewhere is read here.
"""

import pickle
import struct
from typing import IO

VALUE, END, BROKE = "value", "end", "broke"
_LENGTH = struct.Struct("!Q")


def write(pipe: IO[bytes], value: object) -> None:
    """Write an object in full."""
    data = pickle.dumps(value, protocol=5)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read(pipe: IO[bytes]) -> object:
    """Return the next object. Raises EOFError when the other end is gone."""
    return opened(read_sealed(pipe))


def read_sealed(pipe: IO[bytes]) -> bytes:
    """Return the next object as it was sent. Raises EOFError when the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def opened(sealed: bytes) -> object:
    """Return the object that was sent; what it is made of is imported."""
    return pickle.loads(sealed)  # noqa: S301 - written by `write` at the other end


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
