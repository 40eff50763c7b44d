"""What the tree promises: small files, plain names, one place for time and chance, nothing foreign."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "taskforce"
SYSTEM = PACKAGE / "infrastructure" / "system"
SETTINGS = PACKAGE / "settings.py"
PLUGINS = PACKAGE / "plugins.py"

VAGUE_NAMES = frozenset(
    ["utils", "helpers", "common", "shared", "base", "manager", "handler", "misc", "impl"]
)
# A program of its own, started without the package: no port can be handed to it.
LAUNCHER = PACKAGE / "infrastructure" / "processes" / "launcher.py"

# What may be said in few places: the word, and where.
GUARDED = {
    re.compile(r"(date|datetime)\.(now|utcnow|today)"): {SYSTEM, SETTINGS},
    re.compile(r"time\.(time|time_ns|monotonic|monotonic_ns)"): {SYSTEM, LAUNCHER},
    re.compile(r"(uuid\.)?uuid[14]"): {SYSTEM, SETTINGS},
    re.compile(r"random(\..+)?"): {SYSTEM, SETTINGS},
    re.compile(r"os\.(environ|environb|getenv|putenv)"): {SYSTEM, SETTINGS},
    re.compile(r".*\.entry_points|pkg_resources(\..+)?"): {PLUGINS},
}

ROUTE_OR_COMMAND = frozenset(
    [
        "api_route",
        "callback",
        "command",
        "delete",
        "get",
        "head",
        "options",
        "patch",
        "post",
        "put",
        "websocket",
    ]
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(file for file in files if file.is_file())


def python_files(*folders: str) -> Iterator[Path]:
    """Python files under these folders, less this one, which names what it forbids."""
    roots = [ROOT / folder for folder in folders]
    for file in tracked():
        if (
            file.suffix == ".py"
            and file != Path(__file__)
            and any(file.is_relative_to(root) for root in roots)
        ):
            yield file


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def shown(file: Path, line: int | None = None) -> str:
    place = str(file.relative_to(ROOT))
    return place if line is None else f"{place}:{line}"


def lines_matching(pattern: str, *folders: str) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{shown(file, number)}: {line.strip()}"
        for file in python_files(*folders)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if wanted.search(line)
    ]


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def said_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every dotted name a module imports or uses, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in imported_names(node):
                yield node.lineno, name
        elif isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without decorators, signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_route_or_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = (entry.func if isinstance(entry, ast.Call) else entry for entry in function.decorator_list)
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTE_OR_COMMAND for call in calls)


def doors_functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Route handlers and commands: what is decorated as one, and what stands in the open in their folders."""
    rooms = [PACKAGE / "api" / "routes", PACKAGE / "cli" / "commands"]
    for file in python_files("src/taskforce/api", "src/taskforce/cli"):
        in_room = any(file.is_relative_to(room) for room in rooms)
        top = {id(node) for node in parsed(file).body} if in_room else set()
        for node in ast.walk(parsed(file)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if is_route_or_command(node) or (id(node) in top and not node.name.startswith("_")):
                yield file, node


def contracts() -> list[dict[str, object]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = config["tool"]["importlinter"]["contracts"]
    return found


def capabilities() -> list[str]:
    """The capabilities that the shape contract lists: its layer above the kernel."""
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "shape")
    assert isinstance(layers, list)
    above_the_kernel = layers[layers.index("jobs") - 1]
    return [name.strip() for name in above_the_kernel.split("|")]


def wildcards() -> set[str]:
    values = [value for contract in contracts() for value in contract.values() if isinstance(value, list)]
    return {name for value in values for name in value if "*" in name}


def test_no_file_is_a_link() -> None:
    staged = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert [line for line in staged.splitlines() if line.startswith("120000 ")] == []


def test_no_file_is_over_400_lines() -> None:
    lengths = {
        shown(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in python_files("src", "tests")
    }
    assert {file: length for file, length in lengths.items() if length > 400} == {}


def test_no_module_has_a_vague_name() -> None:
    named_in_src = [
        shown(file)
        for file in python_files("src")
        for part in file.relative_to(ROOT).with_suffix("").parts
        if VAGUE_NAMES & set(part.split("_"))
    ]
    named_in_tests = [
        shown(file)
        for file in python_files("tests")
        if VAGUE_NAMES & set(file.relative_to(ROOT).with_suffix("").parts)
    ]
    assert named_in_src + named_in_tests == []


def test_no_import_is_for_the_type_checker_alone() -> None:
    assert lines_matching(r"TYPE_CHECKING", "src", "tests") == []


def test_no_test_knows_a_mock() -> None:
    mocks = r"unittest(\.| import )mock|\bmocker\b|monkeypatch\.(set|del)attr"
    assert lines_matching(mocks, "src", "tests", "benchmarks", "examples") == []


def test_time_chance_and_environment_come_in_by_one_door() -> None:
    strays = []
    for file in python_files("src"):
        for word, allowed in GUARDED.items():
            if not any(file.is_relative_to(place) for place in allowed):
                strays += [
                    f"{shown(file, line)}: {name}"
                    for line, name in said_names(parsed(file))
                    if word.fullmatch(name)
                ]
    assert strays == []


def test_middleware_is_pure_asgi() -> None:
    assert lines_matching(r"BaseHTTPMiddleware|@\w+\.middleware\b", "src") == []


def test_init_files_are_empty_except_the_packages_own() -> None:
    inits = (file for file in python_files("src", "tests") if file.name == "__init__.py")
    own = PACKAGE / "__init__.py"
    assert [shown(file) for file in inits if file != own and file.read_text(encoding="utf-8").strip()] == []


def test_no_route_and_no_command_is_over_ten_lines() -> None:
    long = {
        f"{shown(file, function.lineno)} {function.name}": body_lines(function)
        for file, function in doors_functions()
        if body_lines(function) > 10
    }
    assert long == {}


def test_no_tracked_file_is_over_one_mebibyte() -> None:
    assert [shown(file) for file in tracked() if file.stat().st_size > 2**20] == []


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    own_path = re.compile(r"(?<![\w.$)}\]*-])/(?:root|work)/")
    strays = [
        shown(file)
        for file in tracked()
        if file != Path(__file__) and own_path.search(file.read_bytes().decode("utf-8", errors="replace"))
    ]
    assert strays == []


def test_the_lock_names_versions_and_hashes_and_nothing_else() -> None:
    pin = re.compile(r"[a-z0-9._-]+(\[[a-z,]+\])?==[\w.+!]+( ; [^/]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not (pin.fullmatch(line) or digest.fullmatch(line))] == []


def test_every_wildcard_of_the_contracts_matches_every_capability() -> None:
    unmatched = []
    for wildcard in wildcards():
        for capability in capabilities():
            module = ROOT / "src" / wildcard.replace("*", capability).replace(".", "/")
            if not (module.with_suffix(".py").is_file() or module.is_dir()):
                unmatched.append(f"{wildcard} matches nothing in {capability}")
    assert unmatched == []


def test_every_capability_is_listed_in_each_contract_that_lists_them() -> None:
    known = {"missions", "pipelines", "scenarios", "videos", "marketplace"}
    there = {name for name in known if (PACKAGE / "core" / name).is_dir()}
    by_id = {str(contract["id"]): contract for contract in contracts()}
    listings = {"anatomy": "containers", "frameworks": "source_modules"}
    forgotten = [
        f"{name} in {contract}"
        for name in there
        for contract, listing in listings.items()
        if f"taskforce.application.{name}" not in cast("list[str]", by_id[contract][listing])
    ]
    assert there == set(capabilities())
    assert {f"{name}-privacy" for name in there} <= by_id.keys()
    assert forgotten == []
