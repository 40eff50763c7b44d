"""Write a Python function with a docstring and a test from its signature, and run the test.

Usage: scaffold.py SIGNATURE FILE EXAMPLE; FILE and EXAMPLE may be empty.
"""

import ast
import subprocess
import sys
from copy import copy
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(signature: str) -> tuple[Function, bool]:
    """Return the function that a signature tells of, and whether it has a body."""
    line = signature.strip().rstrip(":")
    line = line if line.startswith(("def ", "async def ")) else f"def {line}"
    for text, has_body in ((line, True), (f"{line}: ...", False)):
        try:
            tree = ast.parse(text)
        except SyntaxError as wrong:
            reason = wrong.msg
            continue
        if len(tree.body) == 1 and isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef):
            return tree.body[0], has_body
        reason = "it is not one function"
    sys.exit(f"This is no signature of a Python function ({reason}): {signature}")


def arguments(function: Function) -> list[str]:
    """Return the names of the arguments, as a docstring tells them."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [one.arg for one in given.kwonlyargs]
    return [*names, *([f"**{given.kwarg.arg}"] if given.kwarg else [])]


def module_of(function: Function, *, has_body: bool) -> str:
    """Return the module: the function with a docstring to fill in."""
    name = function.name
    told = [f"{one}: TODO: say what it is." for one in arguments(function)]
    returns = function.returns is not None and ast.unparse(function.returns) != "None"
    doc = [
        f"TODO: say what {name} does.",
        *(["", "Args:", *(f"    {one}" for one in told)] if told else []),
        *(["", "Returns:", "    TODO: say what."] if returns else []),
    ]
    head = ast.unparse(ast.fix_missing_locations(headed(function)))
    body = (
        [ast.unparse(one) for one in function.body] if has_body else [f'raise NotImplementedError("{name}")']
    )
    lines = [f'"""TODO: say what {name} is for."""', "", "", head]
    lines += [f'    """{doc[0]}', *(f"    {line}".rstrip() for line in doc[1:])]
    lines[-1:] = [f'{lines[-1]}"""'] if len(doc) == 1 else [lines[-1], '    """']
    return "\n".join([*lines, *(f"    {line}" for part in body for line in part.splitlines()), ""])


def headed(function: Function) -> Function:
    """Return the function's head alone, as `ast.unparse` writes it before a body."""
    head = copy(function)
    head.body, head.decorator_list = [], []
    return head


def test_of(function: Function, module: str, example: str, *, has_body: bool) -> str:
    """Return the module's test."""
    name = function.name
    names = [one.removeprefix("*").removeprefix("*") for one in arguments(function)]
    lines = [
        f'"""Tests of {name}."""', "",
        "import inspect", "import unittest", "", f"from {module} import {name}", "", "",
        f"class Test{name.title().replace('_', '')}(unittest.TestCase):",
        "    def test_it_takes_what_its_signature_says(self) -> None:",
        f"        self.assertEqual(list(inspect.signature({name}).parameters), {names!r})", "",
    ]  # fmt: skip
    if example:
        lines += ["    def test_the_example(self) -> None:", f"        self.assertTrue({example})", ""]
    if not has_body:
        lines += [
            "    def test_it_is_not_written_yet(self) -> None:",
            f'        self.assertIn("NotImplementedError", inspect.getsource({name}))', "",
        ]  # fmt: skip
    return "\n".join([*lines, "", 'if __name__ == "__main__":', "    unittest.main()", ""])


def main(signature: str, file: str, example: str) -> None:
    """Write function and test, and run the test."""
    function, has_body = parsed(signature)
    target = Path(file or f"{function.name}.py")
    if target.suffix != ".py" or not target.stem.isidentifier():
        sys.exit(f"{target} can be no module of Python. Name a file such as {function.name}.py.")
    check_example(example, has_body=has_body)
    test = target.with_name(f"test_{target.name}")
    there = [str(path) for path in (target, test) if path.exists()]
    if there:
        sys.exit(f"{' and '.join(there)} is there already; nothing was written. Name another file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(module_of(function, has_body=has_body), encoding="utf-8")
    test.write_text(test_of(function, target.stem, example, has_body=has_body), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "unittest", test.stem],
        cwd=target.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        target.unlink()
        test.unlink()
        sys.exit(f"The test failed, so nothing is handed over:\n{ran.stderr}")
    state = "written" if has_body else "a scaffold: its body is still to be written"
    print(
        f"{function.name} is {state}. Written: {target}, {test}; {ran.stderr.strip().splitlines()[-3]}: OK."
    )


def check_example(example: str, *, has_body: bool) -> None:
    """Stop when an example is no expression, or nothing could make it true."""
    if example and not has_body:
        sys.exit("An example needs a body: give the signature with one, after its colon.")
    try:
        ast.parse(example or "None", mode="eval")
    except SyntaxError as wrong:
        sys.exit(f"The example is no expression of Python ({wrong.msg}): {example}")


main(*sys.argv[1:])
