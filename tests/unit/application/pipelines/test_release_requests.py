"""What is asked of releases, beyond what the shape of its fields says."""

import pytest

from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.release_schemas import CreateRelease
from taskforce.core.errors import Invalid
from tests.delivery_builders import a_commit


def asked_for(*names: str) -> CreateRelease:
    artifacts = [
        {"name": name, "type": "container", "tracking_oci_uri": "oci://a", "primary_published_uri": ""}
        for name in names
    ]
    return checked(
        CreateRelease, repository="acme/shop", project="app", commit_sha=a_commit(1), artifacts=artifacts
    )


def test_a_release_names_each_of_its_artifacts_once() -> None:
    assert [one.name for one in asked_for("app", "docs").artifacts] == ["app", "docs"]
    with pytest.raises(Invalid) as refused:
        asked_for("app", "docs", "app")
    (error,) = refused.value.errors
    assert error.pointer == "/artifacts"
    assert "app is there more than once" in error.detail
