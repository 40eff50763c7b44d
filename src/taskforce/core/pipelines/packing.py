"""What is packed of a release: a JSON document that says what was built, from which commit."""

import json

from taskforce.core.documents import JsonObject
from taskforce.core.pipelines.delivery import BuiltArtifact, Product, Trigger

RELEASE_MEDIA_TYPE = "application/vnd.taskforce.release.v1+json"
"""Of the document, and as the artifact's type (OCI image spec 1.1, `artifactType`)."""


def release_document(
    product: Product,
    *,
    commit_sha: str,
    number: int,
    artifacts: tuple[BuiltArtifact, ...],
    trigger: Trigger,
) -> bytes:
    """Return the document of a release; no time is in it, so that packing again gives the same bytes."""
    document: JsonObject = {
        "repository": product.repository,
        "project": product.name,
        "commit_sha": commit_sha,
        "release_number": number,
        "artifacts": [
            {
                "name": one.name,
                "type": one.type.value,
                "tracking_oci_uri": one.tracking_oci_uri,
                "primary_published_uri": one.primary_published_uri,
            }
            for one in artifacts
        ],
        "trigger": {
            "trigger_type": trigger.trigger_type.value,
            "branch": trigger.branch,
            "triggered_by": trigger.triggered_by,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def release_tag(number: int, commit_sha: str) -> str:
    """Return the tag of a packed release: its number and commit."""
    return f"{number}-{commit_sha}"
