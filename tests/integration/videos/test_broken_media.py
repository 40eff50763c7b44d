"""Clips that are no clips, or not whole: each is refused with the reason."""

from pathlib import Path

import av
import numpy as np
import pytest

from taskforce.core.videos.errors import MediaBroken
from taskforce.core.videos.model import ClipFacts
from taskforce.infrastructure.videos import media
from tests.integration.videos.footage import a_clip, a_cut

COLOURS = [(shade, 255 - shade, 90) for shade in range(0, 240, 5)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return a_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", COLOURS).read_bytes()


def read(content: bytes) -> ClipFacts:
    (answer,) = media.read_clip(content)
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, ClipFacts)
    return answer


def test_a_whole_clip_is_read(whole: bytes) -> None:
    assert read(whole) == ClipFacts(seconds=2.0, width=320, height=180, has_sound=True)


@pytest.mark.parametrize("content", [b"", b"not found", b"<html>an error page</html>" * 50, bytes(5_000)])
def test_what_is_no_film_is_refused(content: bytes) -> None:
    with pytest.raises(MediaBroken, match="The clip is broken: "):
        read(content)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_clip_cut_in_the_middle_is_refused(whole: bytes, share: float, tmp_path: Path) -> None:
    for content in (whole, _index_first(whole, tmp_path)):
        with pytest.raises(MediaBroken):
            read(content[: int(len(content) * share)])


def _index_first(content: bytes, folder: Path) -> bytes:
    """Return the clip as a film: its index is first, so that what is cut off is found by its pictures."""
    (folder / "clip.mp4").write_bytes(content)
    list(media.join([folder / "clip.mp4"], a_cut(), folder / "film.mp4"))
    return (folder / "film.mp4").read_bytes()


def test_a_clip_with_spoiled_pictures_is_refused(whole: bytes) -> None:
    begin = whole.index(b"mdat") + 400
    spoiled = whole[:begin] + bytes(b ^ 0x5A for b in whole[begin : begin + 3_000]) + whole[begin + 3_000 :]
    with pytest.raises(MediaBroken):
        read(spoiled)


def test_sound_alone_is_no_clip(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="stereo")
        heard = av.AudioFrame.from_ndarray(np.zeros((2, 48_000), np.float32), format="fltp", layout="stereo")
        heard.sample_rate = 48_000
        container.mux(stream.encode(heard))
        container.mux(stream.encode(None))
    with pytest.raises(MediaBroken, match="there is no picture in it"):
        read((tmp_path / "sound.mp4").read_bytes())


def test_a_film_names_the_clip_that_is_broken(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "0.mp4").write_bytes(whole)
    (tmp_path / "1.mp4").write_bytes(whole[:5_000])
    (answer,) = media.join([tmp_path / "0.mp4", tmp_path / "1.mp4"], a_cut(), tmp_path / "film.mp4")
    assert isinstance(answer, MediaBroken)
    assert answer.what == "clip 2 of 2"
    assert str(tmp_path) not in str(answer)
