"""One film through the three doors, made by the program that draws: the same bytes, and worth looking at."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from taskforce import Taskforce
from taskforce.application.videos.schemas import AcceptedVideo
from taskforce.settings import Settings
from tests.integration.doors.api_client import api
from tests.integration.processes import said, until
from tests.integration.videos.footage import Seen, look_into

Json = dict[str, Any]
PROMPT = "A red desert at noon. A dark forest at night."
ASKED: Json = {"prompt": PROMPT, "clip_duration": 2, "total_duration": 4}
FLAGS = ("--clip-duration", "2", "--total-duration", "4")
FRAME = 1 / 24
LONG = 240.0
"""Seconds; a film takes some ten of processor time, on machines that do much else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A film as HTTP tells it."""

    detail: Json
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("films") / "home", model_probe=False, rate_limit=0) as opened:
        yield opened


def ended(client: TestClient, asked: Json) -> Json:
    """Make what is asked for, and return the project once it stands."""
    place = client.post("/api/generate", json=asked).headers["location"]

    def looked_at() -> Json | None:
        found: Json = client.get(place).json()
        return found if found["status"] in {"complete", "staged", "failed"} else None

    return until(looked_at, seconds=LONG, what="the end of a film")


@pytest.fixture(scope="module")
def film(client: TestClient) -> Told:
    detail = ended(client, ASKED)
    assert detail["status"] == "complete", detail
    return Told(detail=detail, content=client.get(detail["film"]["download_url"]).content)


@pytest.fixture(scope="module")
def seen(film: Told) -> Seen:
    return look_into(film.content)


async def test_the_command_line_and_the_library_make_the_same_film(film: Told, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    made = said(tmp_path / "home", "run", "video", PROMPT, *FLAGS, "--out", str(out), "--json", seconds=LONG)
    assert made.code == 0, made.err
    assert sha256(out.read_bytes()).hexdigest() == film.digest
    video = made.json["project_id"]
    varying = {"project_id", "job_id", "created_at", "updated_at", "film"}
    assert {name: told for name, told in made.json.items() if name not in varying} == {
        name: told for name, told in film.detail.items() if name not in varying
    }
    listed = said(tmp_path / "home", "videos", "list", "--json").json
    assert [(one["project_id"], one["status"]) for one in listed] == [(video, "complete")]

    async with Taskforce.open(Settings(home=tmp_path / "home", model_probe=False)) as tf:
        assert (await tf.videos.get(video_id=video)).model_dump(mode="json") == made.json
        same = await tf.video_forks.create(video_id=video)
        assert (same.first_stage.value, same.inherited_scenes) == ("stitching", 2)
        await _settled(tf, same)
        download = await tf.video_files.download(video_id=same.project_id)
        assert download.sha256 == film.digest
        async with download.content as chunks:
            assert sha256(b"".join([chunk async for chunk in chunks])).hexdigest() == film.digest


async def _settled(tf: Taskforce, made: AcceptedVideo) -> None:
    job = (await tf.videos.get(video_id=made.project_id)).job_id
    async for _ in tf.jobs.watch(job_id=job):
        pass


def test_it_is_what_its_project_says(film: Told, seen: Seen) -> None:
    told = film.detail["film"]
    assert seen.codecs == ("h264", "aac")
    assert seen.size == (told["width"], told["height"]) == (1280, 720)
    assert len(seen.pictures) == told["frames"] == 96
    assert abs(seen.seconds - 4) <= FRAME
    assert (len(film.content), told["has_sound"]) == (told["size"], True)
    assert np.abs(seen.sound).max() > 0.01


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed (scripts/services.sh)")
def test_ffprobe_says_the_same(film: Told, tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(film.content)
    told = ("stream=codec_name,width,height,nb_read_frames", "format=duration")
    command = ["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_entries", ":".join(told)]
    found = json.loads(subprocess.run([*command, str(file)], capture_output=True, check=True).stdout)
    video, audio = found["streams"]
    assert (video["codec_name"], audio["codec_name"]) == ("h264", "aac")
    assert (video["width"], video["height"], int(video["nb_read_frames"])) == (1280, 720, 96)
    assert abs(float(found["format"]["duration"]) - 4) <= FRAME


def test_scenes_come_in_order_by_their_colours(client: TestClient, film: Told, seen: Seen) -> None:
    place = f"/api/projects/{film.detail['project_id']}/scenes"
    wanted = [look_into(client.get(f"{place}/{scene}/clip").content).colour(24) for scene in (0, 1)]
    found = [seen.colour(number) for number in (24, 72)]
    for one, other in zip(found, wanted, strict=True):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3
    day, night = found
    assert sum(day) > sum(night) + 100, "noon is brighter than night"


def test_two_prompts_give_visibly_different_films(client: TestClient) -> None:
    prompts = ("A red desert at noon.", "A whale in the deep sea at night.")
    firsts = [_first_picture(client, prompt) for prompt in prompts]
    again = _first_picture(client, prompts[0])
    assert np.array_equal(firsts[0], again)
    assert np.abs(firsts[0] - firsts[1]).mean() > 30, "of 255"


def _first_picture(client: TestClient, prompt: str) -> npt.NDArray[np.int16]:
    one = {"prompt": prompt, "clip_duration": 2, "total_duration": 2, "run_through": "keyframing"}
    detail = ended(client, one)
    picture = client.get(f"/api/projects/{detail['project_id']}/scenes/0/start")
    return np.asarray(Image.open(BytesIO(picture.content)).convert("RGB"), np.int16)
