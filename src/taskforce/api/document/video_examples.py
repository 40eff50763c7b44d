"""Examples of films and what they are made of, as the document shows them."""

from collections.abc import Mapping
from typing import Any

VIDEO_ID, FORK_ID = "0199a2f3-b3c4-7d5e-8f60-1a2b3c4d5e6f", "0199a2f3-c5d6-7e7f-9a80-2b3c4d5e6f70"
JOB_ID = "0199a2f3-b3c4-7d5e-8f60-1a2b3c4d5e70"
BEGUN, ENDED = "2026-01-01T12:00:00.000000Z", "2026-01-01T12:00:21.500000Z"
PROMPT = "A fox crosses a frozen lake at dawn. Snow begins to fall. She reaches the forest."
PLACE = f"/api/projects/{VIDEO_ID}"
ACCEPTED = {"project_id": VIDEO_ID, "status": "pending", "status_url": f"{PLACE}/status"}
STANDS = {
    "project_id": VIDEO_ID,
    "status": "video_gen",
    "created_at": BEGUN,
    "updated_at": ENDED,
    "error_message": None,
}
SCENE = {
    "scene_index": 0,
    "description": "A fox crosses a frozen lake at dawn.",
    "status": "complete",
    "has_start_keyframe": True,
    "has_end_keyframe": True,
    "has_clip": True,
    "clip_status": "complete",
    "start_frame_prompt": "A fox at the edge of a frozen lake, at dawn.",
    "end_frame_prompt": "The fox in the middle of the lake.",
    "motion_prompt": "The camera follows the fox.",
}
LISTED = {
    "project_id": VIDEO_ID,
    "prompt": PROMPT,
    "status": "complete",
    "created_at": BEGUN,
    "title": "The fox",
}

VIDEO_EXAMPLES: Mapping[str, dict[str, Any]] = {
    "GenerateVideo": {"prompt": PROMPT, "clip_duration": 4, "total_duration": 12, "title": "The fox"},
    "HowFar": {"run_through": "keyframing"},
    "NewTitle": {"title": "The fox and the lake"},
    "VideoEdits": {
        "style": "watercolour",
        "scenes": [{"scene_index": 1, "motion_prompt": "The camera rises slowly."}],
    },
    "ServiceView": {"status": "ok", "version": "0.1.0"},
    "AcceptedVideo": ACCEPTED,
    "ForkedVideo": {
        "project_id": FORK_ID,
        "status": "pending",
        "status_url": f"/api/projects/{FORK_ID}/status",
        "forked_from": VIDEO_ID,
        "first_stage": "video_gen",
        "inherited_scenes": 1,
    },
    "VideoStatusView": STANDS,
    "VideoListItem": LISTED,
    "VideoDetail": {
        **STANDS,
        "prompt": PROMPT,
        "style": "cinematic",
        "aspect_ratio": "16:9",
        "status": "complete",
        "scene_count": 1,
        "scenes": [SCENE],
        "title": "The fox",
        "clip_duration": 4,
        "total_duration": 4,
        "transition": "cut",
        "audio": True,
        "seed": 0,
        "models": {"script": "offline", "frames": "offline", "clips": "offline"},
        "forked_from": None,
        "job_id": JOB_ID,
        "estimated_cost": 0.0,
        "actual_cost": 0.0,
        "film": {
            "seconds": 4.0,
            "frames": 96,
            "width": 1280,
            "height": 720,
            "has_sound": True,
            "size": 812345,
            "download_url": f"{PLACE}/download",
        },
    },
}
