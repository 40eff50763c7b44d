"""Find the runner of a project's tests, run it, and report what failed.

Usage: run_project_tests.py FOLDER REPORT
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "<!-- written by the skill run-tests -->"
SECONDS = 540
TAIL = 60
NO_TESTS = 5
"""The exit code of pytest and unittest when there was nothing to run."""
FAILED = (
    re.compile(r"^(?:FAILED|ERROR) (?P<name>\S+(?:::|\.py)\S*)(?: - (?P<why>.*))?"),  # pytest
    re.compile(r"^(?:FAIL|ERROR): (?P<name>\S+ \(.*\))"),  # unittest
    re.compile(r"^\s*--- FAIL: (?P<name>\S+)"),  # go
    re.compile(r"^test (?P<name>\S+) \.\.\. FAILED"),  # cargo
    re.compile(r"^\s*not ok \d+ -? ?(?P<name>.*)"),  # TAP
    re.compile(r"^\s*● (?P<name>.+)"),  # jest
)
SUMMARY = re.compile(
    r"^(?:=+ )?(?:\d+ (?:passed|failed|error)|Ran \d+ test|OK\b|FAILED \(|test result:|ok \s*\S+/|Tests:)"
)


@dataclass
class Runner:
    """What runs the tests, and why it was chosen."""

    command: list[str]
    reason: str


def runners(folder: Path) -> Iterator[Runner]:
    """Yield the runners that the project's files speak for, the best first."""
    tests = [path for path in folder.rglob("*.py") if is_test(path.relative_to(folder))]
    if tests:
        python = own_python(folder)
        found = (
            f"{tests[0].relative_to(folder)} and {len(tests) - 1} more" if tests[1:] else str(tests[0].name)
        )
        if subprocess.run([python, "-c", "import pytest"], capture_output=True, check=False).returncode == 0:
            yield Runner(
                [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"], f"pytest: {found}"
            )
        else:
            yield Runner(
                [python, "-m", "unittest", *where(folder, tests)],
                f"unittest, for pytest is not there: {found}",
            )
    package = folder / "package.json"
    if package.is_file() and "test" in json.loads(package.read_text(encoding="utf-8")).get("scripts", {}):
        yield Runner(["npm", "test", "--silent"], "package.json has a script named test")
    if (folder / "Cargo.toml").is_file():
        yield Runner(["cargo", "test", "--offline"], "Cargo.toml is there")
    if (folder / "go.mod").is_file():
        yield Runner(["go", "test", "./..."], "go.mod is there")
    for name in ("Makefile", "makefile"):
        if (folder / name).is_file() and re.search(
            r"^test\s*:", (folder / name).read_text(encoding="utf-8"), re.MULTILINE
        ):
            yield Runner(["make", "test"], f"{name} has a target named test")


def is_test(path: Path) -> bool:
    """Tell whether a file holds tests in Python, by its name."""
    is_ours = not any(
        part.startswith(".") or part in {"venv", "node_modules", "site-packages"} for part in path.parts
    )
    return is_ours and (path.name.startswith("test_") or path.name.endswith("_test.py"))


def where(folder: Path, tests: list[Path]) -> list[str]:
    """Return what unittest is told, so that it finds all of the files."""
    places = sorted({path.parent.relative_to(folder).as_posix() for path in tests})
    if len(places) > 1:
        return [path.relative_to(folder).as_posix() for path in sorted(tests)]
    pattern = "test_*.py" if tests[0].name.startswith("test_") else "*_test.py"
    return (
        ["discover", "-s", places[0], "-p", pattern, "-t", "."]
        if places[0] == "."
        else ["discover", "-s", places[0], "-p", pattern]
    )


def own_python(folder: Path) -> str:
    """Return the project's own Python, or this one."""
    own = (folder.resolve() / name / "bin" / "python" for name in (".venv", "venv"))
    return next((str(path) for path in own if path.exists()), sys.executable)


def run(runner: Runner, folder: Path) -> tuple[int, str]:
    """Run the tests; return the exit code and what was said."""
    try:
        ended = subprocess.run(
            runner.command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        sys.exit(f"The tests need {runner.command[0]} ({runner.reason}), which is not installed here.")
    except subprocess.TimeoutExpired:
        sys.exit(
            f"{' '.join(runner.command)} was stopped after {SECONDS} s: how the tests stand is not known."
        )
    return ended.returncode, ended.stdout.decode("utf-8", "replace")


def failures(lines: list[str]) -> list[str]:
    """Return the tests that failed, each once, with the reason where the runner tells it in the same line."""
    found = (form.match(line) for line in lines for form in FAILED)
    told = (
        f"{one['name']}: {one.groupdict().get('why')}" if one.groupdict().get("why") else one["name"]
        for one in found
        if one
    )
    return list(dict.fromkeys(told))


def report(runner: Runner, code: int, lines: list[str], failed: list[str]) -> str:
    """Return the outcome as Markdown."""
    verdict = (
        "All tests passed." if code == 0 else f"Tests failed ({len(failed)} named below); exit code {code}."
    )
    return "\n".join([
        MARK, "# Test run", "", verdict, "",
        f"- Command: `{' '.join(runner.command)}`", f"- Chosen because: {runner.reason}",
        *(f"- {line.strip('= ')}" for line in lines if SUMMARY.match(line)), "",
        f"## Failures ({len(failed)})", "", *([f"- {one}" for one in failed] or ["None."]), "",
        f"## The last lines ({min(len(lines), TAIL)} of {len(lines)})", "",
        "````text", *lines[-TAIL:], "````", "",
    ])  # fmt: skip


def main(folder: str, target: str) -> None:
    """Run the tests of a folder and write the report."""
    root, page = Path(folder), Path(target)
    if not root.is_dir():
        sys.exit(f"There is no folder {folder}.")
    if page.exists() and not page.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        sys.exit(f"{target} is there and is not of this skill. Name another report.")
    runner = next(runners(root), None)
    if runner is None:
        sys.exit(
            f"No runner was found in {folder}: no test in Python, package.json, Cargo.toml, go.mod, Makefile."
        )
    code, said = run(runner, root)
    lines = said.splitlines()
    if code == NO_TESTS or any(line.startswith("Ran 0 tests") for line in lines):
        sys.exit(f"{' '.join(runner.command)} found no tests to run:\n{said[-2_000:]}")
    failed = failures(lines)
    if code and not failed and not any(SUMMARY.match(line) for line in lines):
        sys.exit(f"{' '.join(runner.command)} ended with {code} before it ran tests:\n{said[-4_000:]}")
    page.write_text(report(runner, code, lines, failed), encoding="utf-8")
    counts = "; ".join(line.strip("= ") for line in lines if SUMMARY.match(line))
    print(f"{'Passed' if code == 0 else 'FAILED'}: {counts or f'exit code {code}'}. Written: {target}")
    print(*(f"failed: {one}" for one in failed), sep="\n")


main(*sys.argv[1:])
