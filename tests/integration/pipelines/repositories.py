"""Example repositories, made with git: a Python package, a C program, and a monorepo of twelve projects."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_GIT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z",
}
"""The same files give the same commit, on every machine."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a working tree, on the branch main."""

    folder: Path

    @property
    def head(self) -> str:
        """The newest commit: 40 hex digits."""
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        """Run git in it and return what that says."""
        return subprocess.run(
            ["git", *words], cwd=self.folder, env=_GIT, check=True, capture_output=True, text=True
        ).stdout

    def write(self, files: Mapping[str, str]) -> None:
        """Write files by their paths, and commit nothing."""
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str], message: str = "Change it") -> str:
        """Write files, commit all that changed, and return the commit."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.head


def a_repository(folder: Path, files: Mapping[str, str]) -> Repository:
    """A repository with one commit of these files."""
    folder.mkdir(parents=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.commit(files, "Begin")
    return repository


def a_python_package(folder: Path, *, answer: int = 42) -> Repository:
    """A package whose tests run with pytest; they want the answer to be 42."""
    python = json.dumps(sys.executable)  # JSON is YAML, whatever the path holds
    return a_repository(
        folder,
        {
            ".forge/repo.yaml": "phases:\n  lint: {group: 1}\n  test: {group: 1, timeout: 5m}\n"
            "  build: {group: 2}\n",
            ".forge/project.yaml": f"""\
name: answers
phases:
  lint:
    steps:
      - name: compile
        run: [{python}, -m, compileall, -q, src]
  test:
    steps:
      - name: pytest
        run: [{python}, -m, pytest, -q, -p, "no:cacheprovider", tests]
        env: {{PYTHONPATH: src}}
  build:
    steps:
      - name: archive
        run: mkdir -p dist && tar -cf dist/answers.tar src
artifacts:
  - {{name: answers, type: archive, path: dist/answers.tar}}
release:
  on:
    - branch: main
""",
            ".gitignore": "__pycache__/\n/dist/\n",
            "src/answers/__init__.py": f"def answer() -> int:\n    return {answer}\n",
            "tests/test_answers.py": "from answers import answer\n\n\n"
            "def test_the_answer() -> None:\n    assert answer() == 42\n",
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
        },
    )


def a_c_program(folder: Path, *, source: str = "return puts(greeting()) < 0;") -> Repository:
    """A program built and tested with make; the source is the body of its main."""
    return a_repository(
        folder,
        {
            ".forge/repo.json": json.dumps(
                {"phases": {"build": {"group": 1}, "test": {"group": 2}}}, indent=2
            ),
            "greet/.forge/project.json": json.dumps(
                {
                    "name": "greet",
                    "phases": {
                        "build": {"steps": [{"name": "make", "run": ["make", "greet"]}]},
                        "test": {"steps": [{"name": "check", "run": ["make", "check"]}]},
                    },
                    "artifacts": [{"name": "greet", "path": "greet"}],
                },
                indent=2,
            ),
            "greet/Makefile": "CFLAGS += -Wall -Werror\n\n"
            "greet: main.o greeting.o\n\t$(CC) -o $@ $^\n\n"
            "check: greet\n\ttest \"$$(./greet)\" = 'Hello, world'\n\n.PHONY: check\n",
            ".gitignore": "*.o\n/greet/greet\n",
            "greet/greeting.h": "const char *greeting(void);\n",
            "greet/greeting.c": '#include "greeting.h"\n\n'
            'const char *greeting(void) { return "Hello, world"; }\n',
            "greet/main.c": f'#include <stdio.h>\n\n#include "greeting.h"\n\nint main(void) {{ {source} }}\n',
        },
    )


MONOREPO = {
    "libs": ("check", "build"),
    "services": ("check", "build", "publish"),
    "apps": ("check", "publish"),
}
"""The folders of the monorepo, four projects in each, and the phases that those have."""


def a_monorepo(folder: Path) -> Repository:
    """Twelve projects in three groups: check, then build, then publish; each step says what it does."""
    projects = {
        f"{kind}/{name}/.forge/project.yaml": _monorepo_project(f"{kind}-{name}", phases)
        for kind, phases in MONOREPO.items()
        for name in ("one", "two", "three", "four")
    }
    phases = "phases:\n  check: {group: 1}\n  build: {group: 2}\n  publish: {group: 3, timeout: 1m}\n"
    return a_repository(folder, {".forge/repo.yaml": f"{phases}tagging: monorepo\n", **projects})


def _monorepo_project(name: str, phases: tuple[str, ...]) -> str:
    steps = "".join(
        f"  {phase}:\n    steps:\n"
        f"      - {{name: begin, run: [echo, {phase} {name} begins]}}\n"
        f"      - {{name: end, run: 'echo {phase} {name} ends in $(basename \"$PWD\")'}}\n"
        for phase in phases
    )
    return f"name: {name}\nphases:\n{steps}"
