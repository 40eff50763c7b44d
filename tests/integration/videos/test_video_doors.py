"""Video projects over HTTP: the seven endpoints of the seed to the letter, and those of the contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import taskforce
from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.settings import Settings
from tests.integration.doors.conformance import ConformingClient
from tests.integration.doors.test_event_schemas import check
from tests.integration.processes import until
from tests.integration.videos.studio import with_crew

Json = dict[str, Any]
FOX: Json = {"prompt": "A fox crosses a river. It swims. It is dry.", "clip_duration": 2}
NOWHERE = "00000000-0000-7000-8000-000000000000"
UNDER_WAY = {"pending", "storyboarding", "keyframing", "video_gen", "stitching"}
STORYBOARD = {"run_through": "storyboarding"}


@contextmanager
def served(home: Path, *, is_free: bool = True) -> Iterator[TestClient]:
    container = open_container(Settings(home=home, model_probe=False, rate_limit=0))
    with_crew(container, is_free=is_free)
    try:
        yield ConformingClient(create_app(container))
    finally:
        close_container(container)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films") / "home"


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with served(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server whose clips are looked at after fifteen seconds: its films are under way."""
    with served(tmp_path_factory.mktemp("slow") / "home", is_free=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def film(client: TestClient) -> str:
    """A project that is complete."""
    return made(client, FOX)


def made(client: TestClient, asked: Json) -> str:
    video: str = client.post("/api/generate", json=asked).json()["project_id"]
    ended(client, video)
    return video


def ended(client: TestClient, video: str) -> Json:
    def looked_at() -> Json | None:
        found: Json = client.get(f"/api/projects/{video}/status").json()
        return None if found["status"] in UNDER_WAY else found

    return until(looked_at, what="the end of a film")


def code(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an answer
    return answer.status_code, answer.json()["error"]["code"]


def test_the_seven_endpoints_have_the_fields_of_the_seed(client: TestClient) -> None:
    accepted = client.post("/api/generate", json=FOX)
    assert accepted.status_code == 202
    assert accepted.json().keys() == {"project_id", "status", "status_url"}
    assert accepted.json()["status"] == "pending"
    video = accepted.json()["project_id"]
    assert accepted.headers["location"] == f"/api/projects/{video}"
    assert accepted.json()["status_url"] == f"/api/projects/{video}/status"

    status = ended(client, video)
    assert status.keys() == {"project_id", "status", "created_at", "updated_at", "error_message"}
    assert (status["status"], status["error_message"]) == ("complete", None)

    detail = client.get(f"/api/projects/{video}").json()
    assert detail.keys() >= {
        *("project_id", "prompt", "style", "aspect_ratio", "status", "created_at", "updated_at"),
        *("scene_count", "scenes", "error_message"),
    }
    assert (detail["style"], detail["aspect_ratio"], detail["scene_count"]) == ("cinematic", "16:9", 3)
    assert detail["scenes"][0].keys() >= {
        *("scene_index", "description", "status", "has_start_keyframe", "has_end_keyframe", "has_clip"),
        "clip_status",
    }
    assert [scene["has_clip"] for scene in detail["scenes"]] == [True] * 3

    newest = client.get("/api/projects", params={"limit": 1}).json()[0]
    assert newest.keys() >= {"project_id", "prompt", "status", "created_at"}
    assert (newest["project_id"], newest["status"]) == (video, "complete")

    assert code(client.post(f"/api/projects/{video}/resume")) == (409, "video_complete")

    download = client.get(f"/api/projects/{video}/download")
    assert (download.status_code, download.headers["content-type"]) == (200, "video/mp4")
    assert download.headers["content-disposition"] == f'attachment; filename="video_{video}.mp4"'

    assert client.get("/api/health").json() == {"status": "ok", "version": taskforce.__version__}


def test_a_film_is_downloaded_whole_in_part_or_not_again(client: TestClient, film: str) -> None:
    place = f"/api/projects/{film}/download"
    whole = client.get(place)
    tag = f'"{sha256(whole.content).hexdigest()}"'
    assert (whole.headers["etag"], whole.headers["accept-ranges"]) == (tag, "bytes")
    size = len(whole.content)

    for asked, first, last in (
        ("bytes=0-9", 0, 9),
        ("bytes=5-", 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=3-{size + 50}", 3, size - 1),
    ):
        part = client.get(place, headers={"range": asked})
        assert (part.status_code, part.content) == (206, whole.content[first : last + 1]), asked
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.headers["content-length"] == str(len(part.content))
    outside = client.get(place, headers={"range": f"bytes={size}-"})
    assert code(outside) == (416, "range_not_satisfiable")
    assert outside.headers["content-range"] == f"bytes */{size}"
    for passed_over in ("bytes=0-1,4-5", "pages=1-2", "bytes=9-2", "bytes=-"):
        assert client.get(place, headers={"range": passed_over}).status_code == 200, passed_over

    assert client.get(place, headers={"if-none-match": tag}).status_code == 304
    same = client.get(place, headers={"range": "bytes=0-9", "if-range": tag})
    other = client.get(place, headers={"range": "bytes=0-9", "if-range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    head = client.head(place, headers={"range": "bytes=0-9"})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))


def test_the_parts_of_scenes_are_shown_as_far_as_they_are_there(client: TestClient, film: str) -> None:
    place = f"/api/projects/{film}/scenes"
    kinds = [client.get(f"{place}/0/{part}").headers["content-type"] for part in ("start", "end", "clip")]
    assert kinds == ["image/png", "image/png", "video/mp4"]
    assert client.get(f"{place}/1/start").content == client.get(f"{place}/0/end").content
    clip = client.get(f"{place}/2/clip", headers={"range": "bytes=0-3"})
    assert (clip.status_code, len(clip.content)) == (206, 4)
    assert code(client.get(f"{place}/3/clip")) == (404, "resource_not_found")
    assert code(client.get(f"{place}/0/middle")) == (400, "invalid_request")
    halted = made(client, FOX | STORYBOARD)
    assert code(client.get(f"/api/projects/{halted}/scenes/0/start")) == (404, "resource_not_found")
    assert code(client.get(f"/api/projects/{halted}/download")) == (409, "video_not_complete")


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("aspect_ratio", "4:3", "'16:9', '9:16' or '1:1'"),
        ("clip_duration", 1, "2"),
        ("clip_duration", 61, "60"),
        ("clip_duration", 2.5, "integer"),
        ("total_duration", 31, "at most 30 seconds, 15 clips of 2 seconds each"),
        ("models", {"clips": "nobody"}, "must be one of"),
        ("prompt", "", "1"),
        ("run_through", "complete", "'storyboarding', 'keyframing', 'video_gen' or 'stitching'"),
        ("colour", "red", ""),
    ],
)
def test_what_is_not_right_is_named_with_what_is_allowed(
    client: TestClient, field: str, value: object, allowed: str
) -> None:
    answer = client.post("/api/generate", json=FOX | {field: value})
    assert answer.status_code == 400
    problem = answer.json()["errors"][0]
    assert problem["pointer"].startswith(f"/{field}")
    assert allowed in problem["detail"]


def test_a_project_is_halted_resumed_renamed_and_deleted(client: TestClient) -> None:
    video = made(client, FOX | STORYBOARD)
    place = f"/api/projects/{video}"
    assert client.get(place).json()["status"] == "staged"
    resumed = client.post(f"{place}/resume")
    assert (resumed.status_code, resumed.json()["project_id"]) == (202, video)
    assert resumed.json().keys() == {"project_id", "status", "status_url"}
    assert ended(client, video)["status"] == "complete"
    assert client.patch(place, json={"title": "The river"}).json()["title"] == "The river"
    tag = client.get(place).headers["etag"]
    assert client.get(place, headers={"if-none-match": tag}).status_code == 304
    assert client.delete(place).status_code == 204
    for answer in (client.get(place), client.delete(place), client.post(f"{place}/resume")):
        assert code(answer) == (404, "resource_not_found")


def test_a_fork_tells_where_it_begins_and_what_it_inherits(client: TestClient, film: str) -> None:
    edits = {"scenes": [{"scene_index": 1, "motion_prompt": "The camera rises."}]}
    forked = client.post(f"/api/projects/{film}/fork", json=edits)
    assert forked.status_code == 202
    told = forked.json()
    assert (told["forked_from"], told["first_stage"], told["inherited_scenes"]) == (film, "video_gen", 1)
    assert ended(client, told["project_id"])["status"] == "complete"
    as_it_is = client.post(f"/api/projects/{film}/fork")
    assert as_it_is.json()["first_stage"] == "stitching"
    wrong = client.post(f"/api/projects/{film}/fork", json={"delete_scenes": [7]})
    assert wrong.status_code == 400
    assert code(client.post(f"/api/projects/{NOWHERE}/fork")) == (404, "resource_not_found")


def test_a_project_under_way_is_stopped_and_nothing_else(slow: TestClient) -> None:
    video = slow.post("/api/generate", json=FOX).json()["project_id"]
    place = f"/api/projects/{video}"
    assert code(slow.post(f"{place}/resume")) == (409, "video_under_way")
    assert code(slow.post(f"{place}/fork")) == (409, "video_under_way")
    stopped = slow.post(f"{place}/stop")
    assert (stopped.status_code, stopped.json()["status"]) == (200, "stopped")
    assert code(slow.post(f"{place}/stop")) == (409, "video_not_under_way")
    assert code(slow.post(f"/api/projects/{NOWHERE}/stop")) == (404, "resource_not_found")
    assert slow.post(f"{place}/resume", json=STORYBOARD).status_code == 202


def test_the_same_request_under_one_key_makes_one_project(client: TestClient, film: str) -> None:
    for path, body in (
        ("/api/generate", FOX | STORYBOARD),
        (f"/api/projects/{film}/fork", STORYBOARD),
        (f"/api/projects/{made(client, FOX | STORYBOARD)}/resume", STORYBOARD),
    ):
        headers = {"idempotency-key": "once"}
        first, again = (client.post(path, json=body, headers=headers) for _ in range(2))
        assert first.status_code == again.status_code == 202
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert again.json()["project_id"] == first.json()["project_id"]
        other = client.post(path, json=body | {"run_through": "keyframing"}, headers=headers)
        assert code(other) == (422, "idempotency_key_reused")


def test_lists_are_bare_newest_first_and_tell_their_length(client: TestClient, film: str) -> None:
    answer = client.get("/api/projects", params={"limit": 1, "offset": 0})
    assert isinstance(answer.json(), list)
    assert int(answer.headers["x-total-count"]) >= 1
    everything = client.get("/api/projects", params={"limit": 100}).json()
    moments = [item["created_at"] for item in everything]
    assert moments == sorted(moments, reverse=True)
    assert film in {item["project_id"] for item in everything}


def test_the_job_of_a_film_is_watched_like_any_other(client: TestClient, film: str) -> None:
    job = client.get(f"/api/projects/{film}").json()["job_id"]
    shown = client.get(f"/api/v1/jobs/{job}").json()
    assert (shown["kind"], shown["status"], shown["subject"]) == ("video", "succeeded", film)
    log = client.get(f"/api/v1/jobs/{job}/events", headers={"accept": "application/json"}).json()["items"]
    stages = [event["message"] for event in log if event["event_type"] == "stage_started"]
    for event in log:
        check(event)
    assert stages == ["storyboarding", "keyframing", "video_gen", "stitching"]


def test_no_answer_tells_where_files_are(client: TestClient, film: str, home: Path) -> None:
    job = client.get(f"/api/projects/{film}").json()["job_id"]
    for place in (
        "/api/projects",
        f"/api/projects/{film}",
        f"/api/projects/{film}/status",
        f"/api/v1/jobs/{job}",
        f"/api/v1/jobs/{job}/artifacts",
        f"/api/v1/jobs/{job}/events",
    ):
        answer = client.get(place, headers={"accept": "application/json"})
        assert answer.status_code == 200
        assert str(home) not in answer.text + str(answer.headers), place
        assert str(home.parent) not in answer.text, place
    download = client.get(f"/api/projects/{film}/download")
    assert str(home) not in str(download.headers)
    assert str(home).encode() not in download.content
