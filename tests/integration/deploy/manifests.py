"""What deploy/ says, as data: the Containerfile's lines, compose's services, the cluster's resources."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
COMPOSE = DEPLOY / "compose" / "compose.yaml"
BASE = DEPLOY / "kubernetes" / "base"
SECRET = BASE / "secret.example.yaml"
ADAPTER = DEPLOY / "kubernetes" / "prometheus-adapter.yaml"
VALIDATORS = ROOT / ".services" / "validators"
PREFIX = "TASKFORCE_"
_IN_COMPOSE = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of Taskforce, in compose or in the cluster: its words, its settings, its time to stop."""

    name: str
    words: tuple[str, ...]
    """The command, without the program."""
    settings: Mapping[str, str]
    """The variables of Taskforce that it is given."""
    grace: float
    pause: float = 0.0
    """Seconds of the grace that pass before it is told."""

    @property
    def is_worker(self) -> bool:
        return self.words[0] == "worker"

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.words[self.words.index("--kinds") + 1].split(","))


def validator(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of those that scripts/services.sh installs; skip without it, but in CI fail."""
    program = VALIDATORS / "bin" / name
    if not program.exists():
        missing = f"{name} is missing: scripts/services.sh"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    is_script = program.read_bytes()[:2] == b"#!"
    command = [sys.executable, str(program)] if is_script else [str(program)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(VALIDATORS), "PYTHONPATH": str(VALIDATORS)}
    return subprocess.run(
        [*command, *words], capture_output=True, text=True, check=False, timeout=120, env=environment
    )


@cache
def rendered() -> str:
    """Return the cluster's resources as kustomize puts them together."""
    done = validator("kubectl", "kustomize", str(BASE))
    assert done.returncode == 0, done.stderr
    return done.stdout


def resources(kind: str) -> list[Document]:
    """Return the cluster's resources of a kind."""
    return [one for one in yaml.safe_load_all(rendered()) if one["kind"] == kind]


def instructions(name: str) -> list[str]:
    """Return what follows an instruction of the Containerfile, wherever it stands; lines are joined."""
    text = CONTAINERFILE.read_text(encoding="utf-8")
    without = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [line.split(None, 1)[1].strip() for line in without.splitlines() if line.startswith(f"{name} ")]


def image_environment() -> dict[str, str]:
    """Return the variables that the image itself sets."""
    pairs = (pair.partition("=") for line in instructions("ENV")[-1:] for pair in shlex.split(line))
    return {name: value for name, _, value in pairs}


def entry() -> tuple[str, ...]:
    """Return the words that the image starts with, without the reaper of orphans."""
    reaper, dashes, *program = json.loads(instructions("ENTRYPOINT")[-1])
    assert (reaper, dashes) == ("tini", "--")
    return tuple(program)


def command() -> tuple[str, ...]:
    """Return what the image does unless told otherwise."""
    return tuple(json.loads(instructions("CMD")[-1]))


def health_check() -> tuple[str, ...]:
    """Return the words of the image's check."""
    return tuple(json.loads(instructions("HEALTHCHECK")[-1].partition("CMD ")[2]))


def compose() -> Document:
    """Return the compose file with what its variables are when only those that must be are given."""

    def put(found: re.Match[str]) -> str:
        return str(found[3]) if found[2] == "-" else "a-word-of-32-characters-or-more.."

    read: Document = yaml.safe_load(_IN_COMPOSE.sub(put, COMPOSE.read_text(encoding="utf-8")))
    return read


def of_compose() -> Iterator[Container]:
    """Return the containers of Taskforce that compose starts."""
    for name, service in compose()["services"].items():
        if "taskforce:" in service["image"]:
            yield Container(
                name=name,
                words=tuple(service["command"]),
                settings=_ours({**image_environment(), **_texts(service["environment"])}),
                grace=float(service["stop_grace_period"].removesuffix("s")),
            )


def of_kubernetes() -> Iterator[Container]:
    """Return the containers of Taskforce that a cluster runs; secrets are those of the example."""
    (shared,) = resources("ConfigMap")
    secrets = yaml.safe_load(SECRET.read_text(encoding="utf-8"))["stringData"]
    for deployment in resources("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        own = {each["name"]: each.get("value", "10.0.0.7") for each in container.get("env", ())}
        given = {**image_environment(), **shared["data"], **secrets, **own}
        before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        yield Container(
            name=deployment["metadata"]["name"],
            words=tuple(container["args"]),
            settings=_ours({name: text.replace("$(POD_IP)", "10.0.0.7") for name, text in given.items()}),
            grace=pod["terminationGracePeriodSeconds"],
            pause=before,
        )


def _texts(environment: Mapping[str, object]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in environment.items()}


def _ours(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if name.startswith(PREFIX)}
