"""What deploy/ holds, as programs see it that bring the schemas of others: no engine is needed."""

from pathlib import Path

import pytest

from tests.integration.deploy.manifests import COMPOSE, CONTAINERFILE, SECRET, rendered, validator

COMPOSE_SCHEMA = ("--builtin-schema", "vendor.compose-spec")

pytestmark = pytest.mark.services


def refused(file: Path, text: str, old: str, new: str) -> Path:
    """Write a text that says something else in one place."""
    assert text.count(old) > 0
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_hadolint_has_nothing_against_the_containerfile(tmp_path: Path) -> None:
    done = validator("hadolint", str(CONTAINERFILE))
    assert (done.returncode, done.stdout) == (0, "")
    text = CONTAINERFILE.read_text(encoding="utf-8")
    wrong = refused(tmp_path / "Containerfile", text, "WORKDIR /build", "WORKDIR build")
    assert "DL3000" in validator("hadolint", str(wrong)).stdout


def test_the_compose_file_is_one_by_the_schema_of_compose(tmp_path: Path) -> None:
    done = validator("check-jsonschema", *COMPOSE_SCHEMA, str(COMPOSE))
    assert done.returncode == 0, done.stdout
    text = COMPOSE.read_text(encoding="utf-8")
    wrong = refused(tmp_path / "compose.yaml", text, "  read_only: true", "  read_onyl: true")
    assert validator("check-jsonschema", *COMPOSE_SCHEMA, str(wrong)).returncode == 1


def test_kubernetes_takes_every_resource_and_knows_every_field(tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text(rendered(), encoding="utf-8")
    done = validator("kubernetes-validate", "--strict", str(whole), str(SECRET))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count(" passed for resource ") + done.stdout.count(" passed for resource ") == 20
    wrong = refused(tmp_path / "wrong.yaml", rendered(), "enableServiceLinks", "enableServicesLinks")
    assert validator("kubernetes-validate", "--strict", str(wrong)).returncode == 1
