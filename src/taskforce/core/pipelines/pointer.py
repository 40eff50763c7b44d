"""What a deployment writes to the GitOps repository: a file that points at a release."""

import json
from dataclasses import dataclass

from taskforce.core.clock import rfc3339
from taskforce.core.pipelines.delivery import Deployment

API_VERSION = "taskforce.dev/v1"
KIND = "ReleasePointer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A file of the GitOps repository."""

    path: str
    content: bytes
    message: str
    """What its commit says."""


def pointer(deployment: Deployment) -> Pointer:
    """Return the file of a deployment: the same however often it is asked for, and another deployment's not.

    Strings are written as JSON, which YAML 1.2 takes for double-quoted scalars.
    """
    release = deployment.release
    product = release.product
    facts = {
        "release-number": str(release.release_number),
        "deployed-by": deployment.deployed_by,
        "deployed-at": rfc3339(deployment.created_at),
        "deployment-id": deployment.id,
    }
    lines = [
        f"apiVersion: {API_VERSION}",
        f"kind: {KIND}",
        "metadata:",
        f"  name: {json.dumps(product.name)}",
        "  annotations:",
        *(f"    {name}: {json.dumps(text)}" for name, text in facts.items()),
        "spec:",
        f"  release: {json.dumps(release.commit_sha)}",
        "",
    ]
    environment = deployment.environment.value
    return Pointer(
        path=f"{environment}/apps/{product.repository}/{product.name}/release.yaml",
        content="\n".join(lines).encode(),
        message=f"Deploy {product.repository}/{product.name} {release.release_number} to {environment}",
    )
