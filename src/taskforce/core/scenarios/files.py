"""The files of a run: what they are called, what kind they are of, and where they lie."""

from hashlib import sha256

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.scenarios.ports import MadeFile

KPIS, TIMELINE, PICTURE, MANIFEST, DEBRIEF = "kpis", "timeline", "picture", "manifest", "debrief"
JSON, CSV, SVG = "application/json", "text/csv; charset=utf-8", "image/svg+xml"
MARKDOWN, HTML, PDF = "text/markdown; charset=utf-8", "text/html; charset=utf-8", "application/pdf"
_PREFIX = 12
"""Hex digits of the SHA-256 that a key begins its name with."""


def snapshot_key(project: ProjectId, checksum: str) -> str:
    """Return where a plant's canonical document lies in the artifact store."""
    return f"{project}/snapshots/{checksum}.json"


def place_of(file: MadeFile, *, project: ProjectId, run: JobId) -> str:
    """Return a file's key in the artifact store: the same content lies at the same place."""
    return f"{project}/{run}/{file.kind}/{sha256(file.content).hexdigest()[:_PREFIX]}-{file.name}"
