"""The program that the python tool runs: reads code from its standard input and plays it as `__main__`.

So the code needs no file of its own, its tracebacks name `<code>` and show its lines, and modules of the
workspace can be imported.
"""

import linecache
import sys
import traceback
import types

_NAME = "<code>"


def main() -> None:
    """Play the code."""
    sys.path.insert(0, "")
    sys.argv = [_NAME]
    source = sys.stdin.buffer.read().decode()
    linecache.cache[_NAME] = (len(source), None, source.splitlines(keepends=True), _NAME)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.excepthook = _without_us
    exec(compile(source, _NAME, "exec"), module.__dict__)  # noqa: S102 - this is what the tool is for


def _without_us(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    traceback.print_exception(kind, error.with_traceback(trace), trace)


if __name__ == "__main__":
    main()
