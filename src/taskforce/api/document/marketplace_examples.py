"""Examples of sources, artifacts and imports, as the document shows them."""

from collections.abc import Mapping
from typing import Any

SOURCE_ID, ENTRY_ID = "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f70", "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f71"
ITEM_ID, OTHER_ITEM_ID = "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f72", "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f73"
OTHER_ENTRY_ID, SCAN_ID = "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f74", "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f75"
REPOSITORY = "https://github.com/acme/agent-skills"
COMMIT, BLOB = "3f786850e387550fdab836ed7e6dc881de23001b", "89e6c98d92887913cadf06b2adb97f26cde4849b"
DIGEST = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
AT = "2026-01-01T12:00:00.000000Z"
PATH = "skills/profile-csv"
NAMED = {"type": "skill", "name": "profile-csv"}
STANDS_AT = {"repo_url": REPOSITORY, "commit_sha": COMMIT, "digest": DIGEST}
SIZE = {"files": 3, "size": 4_711}
POINTS = {
    "directory_name": 5.0,
    "manifest": 20.0,
    "skill_manifest": 40.0,
    "extensions": 1.0,
    "parent_hint": 15.0,
    "front_matter": 15.0,
    "container_hint": 25.0,
    "depth": -1.0,
}
SOURCE = {
    "id": SOURCE_ID,
    "project_id": "default",
    "repo_url": REPOSITORY,
    "branch": "main",
    "root_hint": None,
    "manual_map": {},
    "trust_level": "untrusted",
    "visibility": "project",
    "rescan_interval": "0 6 * * *",
    "next_scan_at": AT,
    "status": "success",
    "last_sync": AT,
    "last_error": None,
    "commit_sha": COMMIT,
    "counts": {"skill": 12, "command": 3},
    "total": 15,
    "scan_job_id": None,
    "created_by": "local",
    "created_at": AT,
    "updated_at": AT,
}

MARKETPLACE_EXAMPLES: Mapping[str, Any] = {
    # what is sent
    "CreateSource": {"repo_url": REPOSITORY, "branch": "main", "rescan_interval": "0 6 * * *"},
    "SourceChanges": {"branch": "stable", "manual_map": {"tools/lint": "hook"}},
    "ArtifactChanges": {"excluded": True},
    "ImportChoice": {
        "entry_ids": [ENTRY_ID, OTHER_ENTRY_ID],
        "conflict_resolution": "skip",
        "resolutions": {OTHER_ENTRY_ID: "rename"},
    },
    "StartScan": {"url": REPOSITORY, "branch": "main"},
    # what is shown
    "SourceSchema": SOURCE,
    "RescanView": {
        "job_id": SCAN_ID,
        "source_id": SOURCE_ID,
        "status_url": f"/api/v1/marketplace/sources/{SOURCE_ID}",
    },
    "AuditView": {
        "at": AT,
        "by": "local",
        "action": "import",
        "source_id": SOURCE_ID,
        "subject": ENTRY_ID,
        "outcome": "success",
        "details": "profile-csv",
    },
    "CatalogSchema": {
        "id": ENTRY_ID,
        "source_id": SOURCE_ID,
        **NAMED,
        "path": PATH,
        "upstream_url": f"{REPOSITORY}/tree/{COMMIT}/{PATH}",
        "confidence": 75,
        "raw_score": 120.0,
        "score_breakdown": POINTS,
        "status": "new",
        "detected_sha": COMMIT,
        "digest": DIGEST,
        **SIZE,
        "members": [],
        "duplicate_of": None,
        "first_seen": AT,
        "changed_at": AT,
        "imported_at": None,
    },
    "ArtifactFileView": {"path": "scripts/profile_csv.py", "size": 2_048, "blob_sha": BLOB},
    "ImportResult": {
        "imported_count": 1,
        "conflict_count": 1,
        "skipped_count": 0,
        "error_count": 0,
        "imported": [{"entry_id": ENTRY_ID, "item_id": ITEM_ID, **NAMED}],
        "conflicts": [
            {
                "entry_id": OTHER_ENTRY_ID,
                "name": "write-report",
                "type": "skill",
                "existing_id": OTHER_ITEM_ID,
                "suggested_name": "write-report-2",
            }
        ],
        "errors": [],
    },
    "ItemView": {
        "id": ITEM_ID,
        "project_id": "default",
        **NAMED,
        "source_id": SOURCE_ID,
        "entry_id": ENTRY_ID,
        **STANDS_AT,
        "path": PATH,
        "trust_level": "untrusted",
        **SIZE,
        "imported_by": "local",
        "imported_at": AT,
    },
    "VerificationView": {
        "sound_count": 1,
        "damaged_count": 0,
        "items": [
            {
                "item_id": ITEM_ID,
                **NAMED,
                **STANDS_AT,
                "found_digest": DIGEST,
                "is_sound": True,
                "differences": [],
            }
        ],
    },
}
"""By the name of the component, as in `examples.py`."""
