"""Look at a project's files and write what is there: languages, lines, largest files, TODOs, dependencies.

Usage: survey.py FOLDER REPORT
"""

import json
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MARK = "<!-- written by the skill inspect-project -->"
PASSED_OVER = {
    "node_modules",
    "build",
    "dist",
    "target",
    "venv",
    "env",
    "vendor",
    "site-packages",
    "__pycache__",
}
LANGUAGES = {
    ".py": "Python", ".pyi": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".jsx": "JavaScript",
    ".ts": "TypeScript", ".tsx": "TypeScript", ".go": "Go", ".rs": "Rust", ".java": "Java", ".kt": "Kotlin",
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".cs": "C#", ".rb": "Ruby",
    ".php": "PHP", ".swift": "Swift", ".scala": "Scala", ".sh": "Shell", ".sql": "SQL", ".lua": "Lua",
    ".pl": "Perl", ".r": "R",
    ".html": "HTML", ".css": "CSS", ".scss": "CSS", ".vue": "Vue", ".md": "Markdown",
    ".rst": "reStructuredText",
    ".json": "JSON", ".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".xml": "XML", ".tf": "Terraform",
}  # fmt: skip
NAMES = {"Makefile": "Make", "Dockerfile": "Docker", "Rakefile": "Ruby", "Gemfile": "Ruby"}
TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?:\([^)]*\))?:? ?(.*)")
LARGEST = 10
MOST_TODOS = 30
MOST_FILES = 50_000
BIGGEST_READ = 5_000_000


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a project that people wrote."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in PASSED_OVER)
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def text_of(path: Path) -> str | None:
    """Return a file's text, None when it is none or too big to be read."""
    if path.stat().st_size > BIGGEST_READ:
        return None
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8", "replace")


def required(path: Path) -> list[str]:
    """Return what a file of dependencies names."""
    text = path.read_text(encoding="utf-8", errors="replace")
    match path.name:
        case "pyproject.toml":
            project = tomllib.loads(text).get("project", {})
            groups = project.get("optional-dependencies", {})
            extras = [f"{one} (extra {name})" for name, ones in groups.items() for one in ones]
            return [*project.get("dependencies", []), *extras]
        case "package.json":
            said = json.loads(text)
            return [
                f"{name} {version}{' (dev)' if kind.startswith('dev') else ''}"
                for kind in ("dependencies", "devDependencies")
                for name, version in said.get(kind, {}).items()
            ]
        case "Cargo.toml":
            said = tomllib.loads(text)
            return [
                *said.get("dependencies", {}),
                *(f"{one} (dev)" for one in said.get("dev-dependencies", {})),
            ]
        case "go.mod":
            return re.findall(r"^\s*(?:require\s+)?([\w./~-]+\.[\w./~-]+ v\S+)", text, re.MULTILINE)
        case _:
            lines = (line.partition("#")[0].strip() for line in text.splitlines())
            return [line for line in lines if line and not line.startswith("-")]


def is_about_dependencies(path: Path) -> bool:
    """Tell whether a file names dependencies in a form that is read here."""
    known = {"pyproject.toml", "package.json", "Cargo.toml", "go.mod"}
    return path.name in known or re.fullmatch(r"requirements[\w.-]*\.(txt|in)", path.name) is not None


class Survey:
    """What was seen so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.sizes: list[tuple[int, int | None, str]] = []
        self.todos: list[str] = []
        self.dependencies: list[str] = []

    def look_at(self, path: Path) -> None:
        """Take a file in."""
        name = path.relative_to(self.folder).as_posix()
        language = NAMES.get(path.name) or LANGUAGES.get(path.suffix.lower(), "other")
        text = text_of(path)
        lines = None if text is None else len(text.splitlines())
        self.files[language] += 1
        self.lines[language] += lines or 0
        self.sizes.append((path.stat().st_size, lines, name))
        if text is not None and language not in {"other", "JSON"}:
            found = ((number, TODO.search(line)) for number, line in enumerate(text.splitlines(), 1))
            self.todos += [f"{name}:{at}: {m[1]} {m[2].strip()[:120]}".rstrip() for at, m in found if m]
        if is_about_dependencies(path):
            self.dependencies += [f"### {name}", "", *self._named(path), ""]

    def report(self) -> str:
        """Return it as Markdown."""
        languages = [
            f"| {name} | {self.files[name]} | {lines:,} |"
            for name, lines in sorted(self.lines.items(), key=lambda one: (-one[1], one[0]))
        ]
        largest = [
            f"| {name} | {size:,} | {'binary or too big' if lines is None else f'{lines:,}'} |"
            for size, lines, name in sorted(self.sizes, key=lambda one: (-one[0], one[2]))[:LARGEST]
        ]
        over = len(self.todos) - MOST_TODOS
        return "\n".join([
            MARK, "# Project", "", self.summary(), "",
            "## Languages", "", "| language | files | lines |", "| --- | ---: | ---: |", *languages, "",
            "## Largest files", "", "| file | bytes | lines |", "| --- | ---: | ---: |", *largest, "",
            f"## TODOs ({len(self.todos)})", "",
            *([f"- {one}" for one in self.todos[:MOST_TODOS]] or ["None."]),
            *([f"- … and {over} more"] if over > 0 else []), "",
            "## Dependencies", "", *(self.dependencies or ["No file that names dependencies was found.", ""]),
        ])  # fmt: skip

    def summary(self) -> str:
        """Return it in one sentence."""
        total = sum(self.files.values())
        return f"{total:,} files, {sum(self.lines.values()):,} lines, {len(self.todos)} TODOs."

    def _named(self, path: Path) -> list[str]:
        try:
            return [f"- {one}" for one in required(path)] or ["It names none."]
        except (ValueError, AttributeError, TypeError) as wrong:
            return [f"It cannot be read: {wrong}"]


def main(folder: str, report: str) -> None:
    """Look at a folder and write the report."""
    root, target = Path(folder), Path(report)
    if not root.is_dir():
        sys.exit(f"There is no folder {folder}.")
    if target.exists() and not target.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        sys.exit(f"{report} is there and is not of this skill. Name another report.")
    survey = Survey(root)
    for count, path in enumerate(files_in(root)):
        if count == MOST_FILES:
            sys.exit(f"{folder} holds over {MOST_FILES:,} files. Name a folder within it.")
        if path.resolve() != target.resolve():
            survey.look_at(path)
    if not survey.sizes:
        sys.exit(f"{folder} holds no files.")
    target.write_text(survey.report(), encoding="utf-8")
    print(f"{survey.summary()} Written: {report}")


main(*sys.argv[1:])
