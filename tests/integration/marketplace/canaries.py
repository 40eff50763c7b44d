"""A canary tells when anything of what a stranger sends is run, or anything is written that lies outside."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from tests.integration.marketplace.trees_of_git import Bare

PROGRAMS = ("ssh", "git-lfs", "git-remote-ext", "git-remote-http", "git-upload-pack", "less", "sh", "evil")


@contextmanager
def singing(own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A command that nobody is to run. Settings, variables and programs in a folder call it."""
    sung, programs = own / "sung", own / "programs"
    programs.mkdir(parents=True)
    command = f"touch {sung}"
    for name in PROGRAMS:
        (programs / name).write_text(f"#!/bin/sh\n{command}\n")
        (programs / name).chmod(0o755)
    (own / ".gitconfig").write_text(
        f'[core]\nfsmonitor = "{command}"\nsshCommand = "{command}"\nhooksPath = {programs}\n'
        f'[credential]\nhelper = "!{command}"\n[url "ext::{command} "]\ninsteadOf = file://\n'
        f'[uploadpack]\npackObjectsHook = "{command}"\n[protocol]\nallow = always\n'
        f'[filter "evil"]\nsmudge = "{command}"\nrequired = true\n'
    )
    variables = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(own),
        "XDG_CONFIG_HOME": str(own),
        "GIT_CONFIG_GLOBAL": str(own / ".gitconfig"),
        "GIT_TRACE": str(own / "trace"),
        "GIT_OBJECT_DIRECTORY": str(own / "objects"),
        "GIT_DIR": str(own / "dir"),
        **dict.fromkeys(("GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "SSH_ASKPASS"), command),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    before = everything_in(own)
    yield command
    assert everything_in(own) == before


def everything_in(folder: Path) -> dict[str, str]:
    """All files and folders, and what is in them."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


@asynccontextmanager
async def unharmed(*folders: Path) -> AsyncIterator[None]:
    """Nothing in these folders changes in the meantime."""
    before = [everything_in(folder) for folder in folders]
    yield
    assert [everything_in(folder) for folder in folders] == before


def sing(bare: Bare, canary: str) -> None:
    """Have all settings and hooks of a served repository call the canary."""
    settings = ("core.fsmonitor", "core.sshCommand", "core.gitProxy", "uploadpack.packObjectsHook")
    for name in (*settings, "remote.origin.uploadpack", "credential.helper", "filter.evil.smudge"):
        bare.git("config", name, canary)
    (bare.folder / "hooks").mkdir(exist_ok=True)
    for name in (
        "post-upload-pack",
        "pre-upload-pack",
        "post-checkout",
        "post-merge",
        "reference-transaction",
    ):
        (bare.folder / "hooks" / name).write_text(f"#!/bin/sh\n{canary}\n")
        (bare.folder / "hooks" / name).chmod(0o755)
