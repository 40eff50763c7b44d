"""Stories of all capabilities, as a client of the API tells them; those of sessions are the doors' own."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.delivery_builders import a_commit
from tests.integration.doors.api_client import script
from tests.integration.doors.test_session_stories import ASKS, DONE, WRITES
from tests.integration.doors.three_doors import Json
from tests.integration.faults.tellers import ServedTeller
from tests.integration.marketplace.sources_in_use import FILES
from tests.integration.marketplace.trees_of_git import a_bare
from tests.integration.pipelines.api_of_runs import a_shop
from tests.integration.processes import until
from tests.plant_builders import WHOLE
from tests.services.receiver import LOOPBACK

RUN = {"branch": "main", "triggered_by": "ann", "trigger_type": "manual"}
GOOD, BAD, ASKING = "acme/good", "acme/bad", "acme/asking"
ACTIVATES = {"calls": [{"tool": "activate_skill", "arguments": {"name": "profile"}}]}
READS = {"calls": [{"tool": "file_read", "arguments": {"path": ".skills/profile/run.py"}}]}
CALLS = {"calls": [{"tool": "shell", "arguments": {"command": "echo made > wall.txt"}}]}


def prepared(folder: Path) -> Mapping[str, object]:
    """Make what the stories are about in a folder whose home is `home`; return the settings that name it."""
    profiles = folder / "home" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "careful.yaml").write_text("extends: dev\napproval: {execute: ask}\n", encoding="utf-8")
    asked = f"mission: Make it, profile: careful, model: '{script(folder, CALLS, {'text': 'It is over.'})}'"
    shops = {
        GOOD: a_shop(folder / "good"),
        BAD: a_shop(folder / "bad", "{name: compile, run: exit 3}"),
        ASKING: a_shop(folder / "asking", f"{{name: make, action: mission, with: {{{asked}}}}}"),
    }
    ops = a_bare(folder / "ops.git")
    return {
        "repositories": ",".join(f"{name}={shop.folder}" for name, shop in shops.items()),
        "gitops_url": str(ops.folder),
        "own_approvals": True,
        "git_allow_local": True,
        "private_networks": LOOPBACK,
        "workspace_roots": folder,
        "request_paths": True,
        "rate_limit": 0,
    }


def a_run_succeeds(tell: ServedTeller) -> None:
    run = tell.does("runs.create", repository=GOOD, commit_sha="HEAD", **RUN)
    tell.follows(run["id"])
    done = tell.does("runs.get", run_id=run["id"])
    assert done["status"] == "success"
    assert tell.reads(done["phases"][0]["tasks"][0]["steps"][0]["logs_url"]) == "compiled\n"
    tell.does("runs.list", repository=GOOD)


def a_failed_run_is_run_again(tell: ServedTeller) -> None:
    run = tell.does("runs.create", repository=BAD, commit_sha="HEAD", **RUN)
    tell.follows(run["id"])
    again = tell.does("runs.rerun", run_id=run["id"])
    tell.follows(again["id"])
    assert tell.does("runs.get", run_id=again["id"])["status"] == "failed"


def a_run_is_cancelled(tell: ServedTeller) -> None:
    run = tell.does("runs.create", repository=ASKING, commit_sha="HEAD", **RUN)
    until(lambda: tell.door.do("sessions.list", status="paused")["items"], what="the question")
    tell.does("runs.cancel", run_id=run["id"])
    tell.follows(run["id"])
    assert tell.does("runs.get", run_id=run["id"])["status"] == "cancelled"


def a_step_is_approved(tell: ServedTeller) -> None:
    run = tell.does("runs.create", repository=ASKING, commit_sha="HEAD", **RUN)
    (session,) = until(lambda: tell.door.do("sessions.list", status="paused")["items"], what="the question")
    asked = tell.door.do("sessions.get", session_id=session["session_id"])["waiting"]
    tell.does(
        "sessions.respond", session_id=session["session_id"], wait_id=asked["wait_id"], decision="approve"
    )
    tell.follows(run["id"])
    assert tell.does("runs.get", run_id=run["id"])["status"] == "success"


def a_release_is_approved_and_deployed(tell: ServedTeller) -> None:
    artifact = {
        "name": "image",
        "type": "container",
        "tracking_oci_uri": "oci://tracking/app:1",
        "primary_published_uri": "oci://public/app:1",
    }
    place = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(1)}
    release = tell.does("releases.create", **place, artifacts=[artifact])
    first = {"release_id": release["id"], "environment": "production"}
    approval = tell.does("approvals.create", **first, justification="Tested.")
    deployment = tell.does("deployments.create", **first, approval_id=approval["approval_id"])
    where = {"environment": "production", "repo": "acme%2Fshop", "project": "app"}
    until(lambda: _is_current(tell, where, deployment["id"]), what="the deployment")
    tell.does("deployments.history", **where)
    tell.does("approvals.revoke", approval_id=approval["approval_id"])


def _is_current(tell: ServedTeller, where: Mapping[str, str], deployment: str) -> bool:
    try:
        found = tell.door.do("deployments.current", **where)
    except Exception:  # noqa: BLE001 - it is not there yet
        return False
    return bool(found["deployment_id"] == deployment)


def a_plant_is_simulated(tell: ServedTeller) -> None:
    project = tell.door.project
    tell.does("scenario_imports.commit", project_id=project, files=WHOLE)
    asked = {"name": "story", "dispatch_rule": "SPT", "replications": 2, "seed": 3}
    run = tell.does("scenario_runs.create", project_id=project, **asked)
    tell.follows(run["run_id"])
    tell.does("scenario_runs.results", project_id=project, run_id=run["run_id"])


def a_plant_is_varied_and_told_of(tell: ServedTeller) -> None:
    project = tell.door.project
    tell.does("scenario_imports.commit", project_id=project, files=WHOLE)
    varied = {"sweeps": {"dispatch_rule": ["EDD"]}}
    made = tell.door.do("experiments.create", project_id=project, base={"replications": 1}, **varied)
    place = {"project_id": project, "experiment_id": made["experiment_id"]}
    tell.follows(made["experiment_id"])
    first = tell.does("experiments.get", **place)["runs"][0]["run_id"]
    path, told = f"/api/v1/projects/{project}/debriefs", {"prefer": "respond-async"}
    tell.follows(tell.door.ask("POST", path, {"run_id": first}, told)["id"])


def a_simulation_is_cancelled(tell: ServedTeller) -> None:
    project = tell.door.project
    tell.does("scenario_imports.commit", project_id=project, files=WHOLE)
    run = tell.does("scenario_runs.create", project_id=project, replications=1_000)
    tell.door.do("scenario_runs.cancel", project_id=project, run_id=run["run_id"])
    tell.follows(run["run_id"])


def a_source_is_scanned_and_its_skill_used(tell: ServedTeller) -> None:
    bare = a_bare(tell.folder / "skills.git", FILES)
    source = tell.does("sources.create", repo_url=f"file://{bare.folder}")
    scan = tell.does("sources.rescan", source_id=source["id"])
    tell.follows(scan["job_id"])
    entries = tell.does("source_artifacts.list", source_id=source["id"])["items"]
    ids = sorted((entry["path"], entry["id"]) for entry in entries)
    taken = tell.does("collections.take", source_id=source["id"], entry_ids=[one for _, one in ids])
    assert taken
    tell.does("collections.verify")
    tell.does("collections.list")
    paused = tell.runs(ACTIVATES, READS, DONE)  # the source is not trusted
    asked = paused["waiting"]["wait_id"]
    used = tell.does("sessions.respond", session_id=paused["session_id"], wait_id=asked, decision="approve")
    assert (used["status"], used["message"]) == ("completed", "Done.")
    said = tell.does("sessions.messages", session_id=paused["session_id"])["items"]
    assert "print(1)" in [line["text"] for line in said if line["role"] == "tool"][-1]


def a_film_is_drafted_and_forked(tell: ServedTeller) -> None:
    asked = {"prompt": "A fox. A wolf.", "clip_duration": 2, "run_through": "storyboarding"}
    film = tell.does("videos.generate", **asked)["project_id"]
    assert _settled(tell, film)["scene_count"] > 1
    fork = tell.does("video_forks.create", video_id=film, delete_scenes=[1], run_through="storyboarding")[
        "project_id"
    ]
    _settled(tell, fork)


def a_film_is_made(tell: ServedTeller) -> None:
    asked = {"prompt": "A river.", "clip_duration": 2, "total_duration": 2, "audio": False}
    film = tell.does("videos.generate", **asked)["project_id"]
    assert _settled(tell, film)["status"] == "complete"


def _settled(tell: ServedTeller, video: str) -> Json:
    """Return a film once nobody works at it."""
    tell.follows(tell.door.do("videos.get", video_id=video)["job_id"])
    return tell.does("videos.get", video_id=video)


def a_webhook_is_told_of_a_mission(tell: ServedTeller) -> None:
    path = f"/{tell.folder.name}"
    hook = tell.door.do("webhooks.create", url=tell.there.url(path), event_types=["taskforce.mission.*"])
    paused = tell.runs(WRITES, ASKS, DONE)
    answer = {"wait_id": paused["waiting"]["wait_id"], "answer": "blue"}
    tell.does("sessions.respond", session_id=paused["session_id"], **answer)
    bodies = until(lambda: _all_told(tell, path, hook["secret"]), what="the last delivery")
    tell.outcomes.append([(body["type"], body["data"]) for body in bodies])


def _all_told(tell: ServedTeller, path: str, secret: str) -> list[Json]:
    """Return what was delivered, by its place in the log, once the end was."""
    bodies = [one.verified(secret) for one in tell.there.on(path)]
    numbered = sorted(bodies, key=lambda body: str(body["id"]))
    is_over = any(str(body["type"]).endswith(".complete.v1") for body in bodies)
    return numbered if is_over else []


TALES: tuple[Callable[[ServedTeller], None], ...] = (
    a_run_succeeds,
    a_failed_run_is_run_again,
    a_run_is_cancelled,
    a_step_is_approved,
    a_release_is_approved_and_deployed,
    a_plant_is_simulated,
    a_plant_is_varied_and_told_of,
    a_simulation_is_cancelled,
    a_source_is_scanned_and_its_skill_used,
    a_film_is_drafted_and_forked,
    a_webhook_is_told_of_a_mission,
)
LONG_TALES: tuple[Callable[[ServedTeller], None], ...] = (a_film_is_made,)
"""What a processor is busy with for seconds."""
