"""Films that are assembled of clips, whatever clips they are."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from taskforce.core.videos.model import FRAMES_PER_SECOND, FilmFacts, FrameSize, Transition
from taskforce.core.videos.ports import Cut
from taskforce.infrastructure.videos import media
from taskforce.infrastructure.videos.assembling.clip import measure
from tests.integration.processes import ROOT
from tests.integration.videos.footage import SMALL, Seen, a_clip, a_cut, look_into

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
FRAME = 1 / FRAMES_PER_SECOND


def joined(clips: Sequence[Path], cut: Cut, target: Path) -> FilmFacts:
    (answer,) = media.join(clips, cut, target)
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, FilmFacts)
    return answer


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return clips of other rates, sizes and lengths, one without sound."""
    folder = tmp_path_factory.mktemp("clips")
    return [
        a_clip(folder / "a.mp4", [RED] * 24),
        a_clip(folder / "b.mp4", [GREEN] * 37, rate=30, size=(200, 200), beeps=None),
        a_clip(folder / "c.mp4", [BLUE] * 20, rate=25, size=(640, 360), sound_rate=22_050),
    ]


SECONDS = 24 / 24 + 37 / 30 + 20 / 25


@pytest.fixture(scope="module")
def film(clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return their film."""
    target = tmp_path_factory.mktemp("film") / "film.mp4"
    joined(clips, a_cut(), target)
    return target


@pytest.fixture(scope="module")
def seen(film: Path) -> Seen:
    """Return what is in it."""
    return look_into(film)


def test_a_film_is_h264_and_aac_of_the_size_that_was_asked_and_as_long_as_its_clips(seen: Seen) -> None:
    assert seen.codecs == ("h264", "aac")
    assert seen.size == (SMALL.width, SMALL.height)
    assert abs(seen.seconds - SECONDS) <= FRAME
    assert abs(len(seen.pictures) * FRAME - SECONDS) <= FRAME
    assert abs(len(seen.sound) / 48_000 - SECONDS) <= FRAME


def test_scenes_come_in_their_order(seen: Seen) -> None:
    colours = [np.argmax(seen.colour(int(at * FRAMES_PER_SECOND))) for at in (0.5, 1.6, 2.7)]
    assert colours == [0, 1, 2]
    assert np.argmax(seen.colour(23)) == 0
    assert np.argmax(seen.pictures[24][90, 160]) == 1


def test_a_picture_of_another_shape_stands_whole_on_black(seen: Seen) -> None:
    picture = seen.pictures[36]
    assert picture[:, 20].max() < 30
    assert picture[:, 160, 1].min() > 150


def test_the_index_comes_first(film: Path) -> None:
    content = film.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_a_film_tells_its_title_and_who_made_it(seen: Seen) -> None:
    assert (seen.metadata["title"], seen.metadata["comment"]) == ("A test", "nobody")


def test_equal_clips_give_equal_bytes(clips: list[Path], film: Path, tmp_path: Path) -> None:
    joined(clips, a_cut(), tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()


def test_a_cross_fade_takes_half_a_second_off_and_mixes_both(clips: list[Path], tmp_path: Path) -> None:
    facts = joined(clips, a_cut(transition=Transition.CROSSFADE), tmp_path / "film.mp4")
    seen = look_into(tmp_path / "film.mp4")
    fades = 12 + min(12, round(20 / 25 * 24) // 2)
    assert abs(facts.frames - (SECONDS * FRAMES_PER_SECOND - fades)) <= 1
    assert len(seen.pictures) == facts.frames
    assert abs(seen.seconds - facts.seconds) <= FRAME
    red, green, _ = seen.pictures[18][90, 160]
    assert 80 < red < 190
    assert 60 < green < 180


@pytest.mark.parametrize("transition", Transition)
@pytest.mark.parametrize("rates", [(24, 24), (30, 25)])
def test_sound_is_in_step_with_the_pictures_to_40_ms(
    transition: Transition, rates: tuple[int, int], tmp_path: Path
) -> None:
    paths = []
    for name, rate in zip("ab", rates, strict=True):
        colours = [WHITE if rate <= at < rate + 3 else BLACK for at in range(2 * rate)]
        paths.append(a_clip(tmp_path / f"{name}.mp4", colours, rate=rate, beeps=[1.0]))
    joined(paths, a_cut(transition=transition), tmp_path / "film.mp4")
    seen = look_into(tmp_path / "film.mp4")
    bright = [picture.mean() > 128 for picture in seen.pictures]
    first = bright.index(True) * FRAME
    second = bright.index(True, 40) * FRAME
    assert abs(seen.first_sound() - first) <= 0.040
    assert abs(seen.first_sound(after=first + 0.5) - second) <= 0.040


def test_sound_that_ends_early_is_followed_by_silence(tmp_path: Path) -> None:
    a_clip(tmp_path / "whole.mp4", [BLACK] * 48, beeps=[0.2])
    _rewritten(tmp_path / "whole.mp4", tmp_path / "short.mp4", sound_until=0.6)
    joined([tmp_path / "short.mp4"], a_cut(), tmp_path / "film.mp4")
    seen = look_into(tmp_path / "film.mp4")
    assert abs(len(seen.sound) / 48_000 - 2) <= FRAME
    assert abs(seen.first_sound() - 0.2) <= 0.040


def test_a_hole_in_the_sound_is_silence(tmp_path: Path) -> None:
    a_clip(tmp_path / "whole.mp4", [BLACK] * 48, beeps=[0.2, 1.5])
    _rewritten(tmp_path / "whole.mp4", tmp_path / "holed.mkv", hole=(0.5, 1.2))
    joined([tmp_path / "holed.mkv"], a_cut(), tmp_path / "film.mp4")
    seen = look_into(tmp_path / "film.mp4")
    assert abs(seen.first_sound() - 0.2) <= 0.040
    assert abs(seen.first_sound(after=0.6) - 1.5) <= 0.040


def test_sound_that_begins_late_stays_with_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "late.mp4"
    a_clip(tmp_path / "whole.mp4", [BLACK] * 48, beeps=[1.0])
    _rewritten(tmp_path / "whole.mp4", path, delay=0.5)
    joined([path], a_cut(), tmp_path / "film.mp4")
    assert abs(look_into(tmp_path / "film.mp4").first_sound() - 1.5) <= 0.040


def _rewritten(
    source: Path,
    target: Path,
    *,
    delay: float = 0.0,
    sound_until: float = 60.0,
    hole: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Copy a clip, its sound so many seconds later, up to there, without what lies in the hole."""
    with av.open(str(source), "r") as held, av.open(str(target), "w") as written:
        streams = {stream.index: written.add_stream_from_template(stream) for stream in held.streams}
        for packet in held.demux():
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            at = float(packet.pts * packet.time_base)
            if packet.stream.type == "audio":
                if at >= sound_until or hole[0] <= at < hole[1]:
                    continue
                shift = round(delay / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = streams[packet.stream.index]
            written.mux(packet)


def test_without_sound_there_is_no_sound(clips: list[Path], tmp_path: Path) -> None:
    facts = joined(clips[:1], a_cut(audio=False), tmp_path / "film.mp4")
    assert not facts.has_sound
    assert look_into(tmp_path / "film.mp4").codecs == ("h264",)


def test_the_shortest_clips_can_be_faded(tmp_path: Path) -> None:
    paths = [a_clip(tmp_path / f"{at}.mp4", [RED]) for at in range(3)]
    facts = joined(paths, a_cut(transition=Transition.CROSSFADE), tmp_path / "film.mp4")
    assert facts.frames == 3


def test_a_tall_film_of_wide_clips(clips: list[Path], tmp_path: Path) -> None:
    joined(clips[:1], a_cut(size=FrameSize(width=90, height=160)), tmp_path / "film.mp4")
    picture = look_into(tmp_path / "film.mp4").pictures[5]
    assert picture[10].max() < 30
    assert picture[80, 45, 0] > 180


def test_memory_does_not_grow_with_the_length_of_the_film(clips: list[Path], tmp_path: Path) -> None:
    """Measured in a process each: what it holds at most for four times as many clips."""
    most = [_most_mib([*clips, *clips] * times, tmp_path / "film.mp4") for times in (1, 5)]
    assert most[1] < most[0] + 12


def _most_mib(paths: list[Path], target: Path) -> float:
    told = [sys.executable, "-c", _MEASURED, str(target), *(str(path) for path in paths)]
    found = subprocess.run(told, cwd=ROOT, capture_output=True, check=True, text=True)
    return float(found.stdout)


_MEASURED = """
import resource, sys
from pathlib import Path
from taskforce.core.videos.model import Transition
from taskforce.infrastructure.videos import media
from tests.integration.videos.footage import a_cut
cut = a_cut(transition=Transition.CROSSFADE)
(told,) = media.join([Path(path) for path in sys.argv[2:]], cut, Path(sys.argv[1]))
assert told.frames, told
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_a_clip_is_measured_by_its_pictures(clips: list[Path]) -> None:
    found = [measure(path, what="clip") for path in clips]
    assert [round(float(each.seconds), 3) for each in found] == [1.0, 1.233, 0.8]
    assert [each.has_sound for each in found] == [True, False, True]


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed (scripts/services.sh)")
def test_ffprobe_sees_the_same(film: Path, seen: Seen) -> None:
    told = ("stream=codec_name,width,height,nb_read_frames", "format=duration")
    command = ["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_entries", ":".join(told)]
    found = json.loads(subprocess.run([*command, str(film)], capture_output=True, check=True).stdout)
    video, audio = found["streams"]
    assert (video["codec_name"], audio["codec_name"]) == seen.codecs
    assert (video["width"], video["height"]) == seen.size
    assert int(video["nb_read_frames"]) == len(seen.pictures)
    assert abs(float(found["format"]["duration"]) - seen.seconds) <= FRAME
