"""Examples of what is sent and shown, by the schema's name in the document; lists are made of their items."""

import re
from collections.abc import Mapping
from typing import Any

from taskforce.api.document.delivery_examples import DELIVERY_EXAMPLES
from taskforce.api.document.marketplace_examples import MARKETPLACE_EXAMPLES
from taskforce.api.document.scenario_examples import SCENARIO_EXAMPLES
from taskforce.api.document.video_examples import VIDEO_EXAMPLES

Example = dict[str, Any]

MISSION = "list files, then write the list to files.md"
SESSION_ID = "0199a2f3-5c1e-7a40-8000-6f2d1c0b9a87"
JOB_ID = "0199a2f3-5c28-7b11-9c3d-2a4f8e6d0c15"
ARTIFACT_ID = "0199a2f3-60e8-7121-8325-2526d7062785"
WAIT_ID = "3f0c9a51-7d0e-5b1c-9f57-0a3f6f1f2e66"
BEGUN, ENDED = "2026-01-01T12:00:00.000000Z", "2026-01-01T12:00:01.250000Z"
SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
USAGE = {"input_tokens": 0, "output_tokens": 0, "cost": 0.0, "cached_tokens": 0}
REF = {
    "id": ARTIFACT_ID,
    "key": f"default/{JOB_ID}/turn/2/call/2/files/files.md",
    "kind": "file",
    "media_type": "text/markdown",
    "size": 5,
    "sha256": SHA256,
}
KEY_ID, PROJECT_ID = "3fR8kQzT", "0199a2f3-4b11-7d02-8c4e-91f0a7c35d10"
KEY = {
    "key_id": KEY_ID,
    "name": "nightly build",
    "role": "operator",
    "project_id": "default",
    "status": "active",
    "created_by": "local",
    "created_at": BEGUN,
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
}
WEBHOOK_ID, DELIVERY_ID = "0199a2f3-7a01-7c44-8b1e-5d3c2f9a1e07", "5d1f6a0e-2b7c-5e39-a8d4-0c9b7e6f1a23"
WEBHOOK = {
    "id": WEBHOOK_ID,
    "url": "https://hooks.example/taskforce",
    "event_types": ["taskforce.mission.*"],
    "format": "cloudevents",
    "description": "Tells the chat.",
    "concurrency": 2,
    "status": "enabled",
    "disabled_because": None,
    "failures": 0,
    "failing_since": None,
    "created_by": "local",
    "created_at": BEGUN,
    "updated_at": BEGUN,
}
ATTEMPT = {"at": ENDED, "seconds": 0.042, "status_code": 204, "error": None, "answer": ""}
RUN_ID, PHASE_ID = "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f60", "b8d5c6a1-3f27-5d84-9e0b-1c2d3e4f5a6b"
TASK_ID, STEP_ID = "c9e6d7b2-4a38-5e95-8f1c-2d3e4f5a6b7c", "daf7e8c3-5b49-5fa6-902d-3e4f5a6b7c8d"
COMMIT = "3f786850e387550fdab836ed7e6dc881de23001b"
RUN = {
    "id": RUN_ID,
    "repository": "mycompany/myrepo",
    "commit_sha": COMMIT,
    "status": "success",
    "started_at": BEGUN,
}
STEP = {
    "id": STEP_ID,
    "name": "compile",
    "action": "command",
    "status": "success",
    "exit_code": 0,
    "error": "",
    "logs_url": None,
    "started_at": BEGUN,
    "completed_at": ENDED,
}
UPLOAD = f"pipeline-runs/{RUN_ID}/uploads/build/api/sign.log"
TASK = {
    "id": TASK_ID,
    "project_name": "api",
    "status": "success",
    "error": "",
    "started_at": BEGUN,
    "completed_at": ENDED,
    "steps": [STEP],
}
PHASE = {
    "id": PHASE_ID,
    "name": "build",
    "group_number": 1,
    "status": "success",
    "started_at": BEGUN,
    "completed_at": ENDED,
    "tasks": [TASK],
}
RUNNING: Example = {
    "id": JOB_ID,
    "kind": "mission",
    "status": "running",
    "project": "default",
    "subject": f"session/{SESSION_ID}",
    "created_by": "local",
    "created_at": BEGUN,
    "updated_at": BEGUN,
    "started_at": BEGUN,
    "ended_at": None,
    "progress": {"percent": 0.0, "message": ""},
    "cancel_requested": False,
    "last_event": 1,
    "result": None,
    "error": None,
    "parent_id": None,
    "continues": None,
    "waits": [],
}
PLACES = {"status_url": f"/api/v1/jobs/{JOB_ID}", "events_url": f"/api/v1/jobs/{JOB_ID}/events"}
CAME_TO = {
    "message": "Done, 2 steps.",
    "usage": USAGE,
    "artifacts": [REF],
    "error": None,
    "waiting": None,
}
SESSION = {
    "session_id": SESSION_ID,
    "mission": MISSION,
    "status": "completed",
    "created_at": BEGUN,
    "profile": "dev",
    "workspace": f"/srv/taskforce/workspaces/{SESSION_ID}",
    "forked_from": None,
    "job_id": JOB_ID,
    "model": "local:planner",
    "model_from": "default",
}
DETAIL = {**SESSION, **CAME_TO, "spent": {"steps": 4, "tokens": 0, "cost": 0.0, "seconds": 0.0}}
STARTED = {
    "timestamp": BEGUN,
    "event_type": "started",
    "message": MISSION,
    "details": {"session_id": SESSION_ID, "job_id": JOB_ID, "profile": "dev", "model": "local:planner"},
}

EXAMPLES: Mapping[str, Example] = {
    **DELIVERY_EXAMPLES,
    **SCENARIO_EXAMPLES,
    **MARKETPLACE_EXAMPLES,
    **VIDEO_EXAMPLES,
    # what is sent
    "GithubPayload": {
        "ref": "refs/heads/main",
        "after": COMMIT,
        "deleted": False,
        "head_commit": {"id": COMMIT},
        "repository": {"full_name": "mycompany/myrepo"},
        "pusher": {"name": "alice"},
    },
    "ReceivedView": {"outcome": "started", "run_id": RUN_ID, "reason": ""},
    "CreateRun": {
        "repository": "mycompany/myrepo",
        "branch": "main",
        "commit_sha": COMMIT,
        "triggered_by": "alice@company.com",
        "trigger_type": "push",
    },
    "TaskReport": {"status": "failed", "error": "The key is lost."},
    "StepReport": {"status": "success", "exit_code": 0},
    "ExecuteMission": {"mission": MISSION},
    "CreateSession": {"profile": "dev"},
    "GoOnFrom": {"message": {"job_id": JOB_ID, "number": 6}},
    "GiveAnswer": {"wait_id": WAIT_ID, "answer": "Use last year's figures."},
    "GoOn": {"limits": {"steps": 100}},
    "ReplayOf": {"job_id": JOB_ID},
    "PruneJobs": {"older_than": "30d", "dry_run": True},
    "CreateWebhook": {"url": "https://hooks.example/taskforce", "event_types": ["taskforce.mission.*"]},
    "WebhookChanges": {"enabled": False},
    "ReplayRange": {"since": BEGUN, "until": ENDED},
    "CreateKey": {"name": "nightly build", "role": "operator", "expires_in_days": 90},
    "CreateProject": {"name": "Plant 7"},
    "MemberPart": {"role": "approver"},
    # what is shown
    "HealthView": {"status": "healthy", "version": "0.1.0"},
    "ReadyView": {
        "status": "ready",
        "version": "0.1.0",
        "checks": [{"name": "store", "status": "ok", "detail": ""}],
    },
    "JobView": RUNNING,
    "MissionJobView": {**RUNNING, "session_id": SESSION_ID},
    "AcceptedView": {**RUNNING, **PLACES},
    "AcceptedMissionView": {**RUNNING, "session_id": SESSION_ID, **PLACES},
    "MissionView": {**CAME_TO, "session_id": SESSION_ID, "job_id": JOB_ID, "status": "completed"},
    "SessionView": SESSION,
    "PruneView": {"jobs": 12, "sessions": 3, "logs": 5, "before": BEGUN, "dry_run": True},
    "CreatedRunView": {"id": RUN_ID, "status": "pending", "started_at": None},
    "RunsView": {"runs": [RUN], "total": 1, "limit": 20, "offset": 0},
    "RunView": {
        **RUN,
        "branch": "main",
        "triggered_by": "alice@company.com",
        "trigger_type": "push",
        "completed_at": ENDED,
        "error": "",
        "phases": [PHASE],
    },
    "TaskView": TASK,
    "ReportedStepView": {
        **STEP,
        "name": "sign",
        "action": "external",
        "status": "running",
        "exit_code": None,
        "completed_at": None,
        "logs_upload_url": f"https://s3.example/logs/{UPLOAD}?X-Amz-Expires=3600&X-Amz-Signature=0a1b",
        "logs_upload_key": UPLOAD,
    },
    "WebhookView": WEBHOOK,
    "WebhookSecretView": {**WEBHOOK, "secret": f"whsec_{'eHh4' * 8}"},
    "AttemptView": ATTEMPT,
    "DeliveryView": {
        "id": DELIVERY_ID,
        "webhook_id": WEBHOOK_ID,
        "event_id": f"{JOB_ID}/2",
        "event_type": "taskforce.mission.complete.v1",
        "subject": JOB_ID,
        "timestamp": ENDED,
        "status": "delivered",
        "tries": 1,
        "next_attempt_at": None,
        "attempts": [ATTEMPT],
    },
    "ReplayedView": {"replayed": 7, "is_more": False},
    "KeyView": KEY,
    "NewKeyView": {**KEY, "key": f"tf_live_{KEY_ID}_{'x' * 43}000000"},
    "ProjectView": {
        "project_id": PROJECT_ID,
        "name": "Plant 7",
        "created_by": "local",
        "created_at": BEGUN,
    },
    "MemberView": {
        "project_id": PROJECT_ID,
        "principal": f"key:{KEY_ID}",
        "role": "approver",
        "added_by": "local",
        "added_at": BEGUN,
    },
    "SessionDetailView": DETAIL,
    "MessageView": {
        "job_id": JOB_ID,
        "number": 1,
        "timestamp": BEGUN,
        "role": "user",
        "text": MISSION,
        "details": {"event_type": "started"},
    },
    "ArtifactView": {**REF, "job_id": JOB_ID, "created_at": ENDED},
    "LogView": {"items": [{**STARTED, "id": 1}], "last_event": 1, "status": "running"},
    "ReplayView": {"session_id": SESSION_ID, "job_id": JOB_ID, "same": True, "turns": 4, "divergence": None},
    "ToolView": {
        "name": "list_files",
        "description": "List files and folders.",
        "risk": "read",
        "effect": "pure",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
    "ProfileView": {
        "name": "dev",
        "description": "Reads unasked and asks before anything else.",
        "model": None,
        "tools": ["file_read", "list_files"],
        "approval": {"read": "auto", "write": "ask", "execute": "ask", "network": "ask"},
        "limits": {"steps": 50, "tokens": None, "cost": None, "seconds": None},
    },
    "ModelView": {
        "name": "local:planner",
        "description": "Plays plain missions by rules, offline.",
        "missing": None,
        "default_by": "default",
    },
    "SkillView": {
        "name": "profile-csv",
        "description": "Describe a CSV file: its columns, their types and what is missing.",
        "origin": "package",
        "places": ["file"],
        "files": ["scripts/profile_csv.py"],
        "license": "MIT",
        "compatibility": None,
        "metadata": {},
        "allowed_tools": "python",
        "asks_first": False,
        "problem": None,
    },
}
"""By the name of the component. A test tells which is missing, and which is not as its schema says."""

_LIST = re.compile(r"(Items|List)View_(\w+)_")


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> object | None:
    """Return an example of a schema, None where none is known."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in EXAMPLES:
        return EXAMPLES[name]
    if schema.get("type") == "array":
        item = example_of(schema["items"], schemas)
        return None if item is None else [item]
    if (found := _LIST.fullmatch(name)) is None or found[2] not in EXAMPLES:
        return None
    part = {"limit": 20, "offset": 0} if found[1] == "List" else {}
    return {"items": [EXAMPLES[found[2]]], "total": 1, **part}
