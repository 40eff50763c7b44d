"""Films on the command line: halted, gone on with, stopped, and what is not right."""

import signal
from pathlib import Path

import pytest

from tests.integration.processes import said, script, taskforce, until

NOWHERE = "00000000-0000-7000-8000-000000000000"
BARE_MACHINE = Path(__file__).with_name("bare_machine.py")
RIVER = ("run", "video", "A river.", "--clip-duration", "2", "--total-duration", "2")
HALTED = ("--run-through", "storyboarding")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films") / "home"


@pytest.fixture(scope="module")
def halted(home: Path) -> str:
    made = said(home, *RIVER, *HALTED)
    assert made.code == 0, made.err
    assert "storyboarding 1/1" in made.err
    assert "Halted where it was to. Go on with it: taskforce videos resume " in made.err
    return made.out.strip()


def test_what_is_halted_goes_on_and_its_pictures_are_opened(home: Path, halted: str, tmp_path: Path) -> None:
    resumed = said(home, "videos", "resume", halted, "--run-through", "keyframing", seconds=120)
    assert (resumed.code, resumed.out.strip()) == (0, halted), resumed.err
    assert "keyframing 2/2" in resumed.err
    picture = tmp_path / "end.png"
    opened = said(home, "videos", "picture", halted, "0", "end", "--out", str(picture))
    assert opened.code == 0, opened.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    shown = said(home, "videos", "show", halted)
    assert "staged" in shown.out
    assert "keyframed\tstart end\tA river." in shown.out
    assert said(home, "videos", "status", halted, "--json").json["status"] == "staged"
    renamed = said(home, "videos", "rename", halted, "The river", "--json")
    assert renamed.json["title"] == "The river"


def test_a_film_handed_in_is_stopped_resumed_and_deleted(home: Path) -> None:
    handed_in = said(home, *RIVER, "--background", "--json")
    assert handed_in.json["status"] == "pending"
    video = handed_in.json["project_id"]
    assert said(home, "videos", "resume", video).code == 5
    stopped = said(home, "videos", "stop", video, "--json")
    assert (stopped.code, stopped.json["status"]) == (0, "stopped")
    assert said(home, "videos", "stop", video).code == 5
    again = said(home, "videos", "resume", video, *HALTED, "--json")
    assert again.json["status"] == "staged", again.err
    assert said(home, "videos", "delete", video).code == 0
    assert said(home, "videos", "show", video).code == 4


def test_the_first_interrupt_stops_a_film(home: Path) -> None:
    with taskforce(home, *RIVER, "--clip-duration", "60", "--total-duration", "60") as process:
        until(lambda: "storyboarding 1/1" in process.err, what="the storyboard")
        process.send(signal.SIGINT)
        ended = process.wait(seconds=120)
    assert ended.code == 130, ended.err
    assert "Stopping. Ctrl-C again ends at once." in ended.err
    assert "Stopped. Go on with it: taskforce videos resume " in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said_so"),
    [
        ((*RIVER, "--aspect-ratio", "4:3"), 2, "--aspect-ratio: Input should be '16:9', '9:16' or '1:1'"),
        ((*RIVER[:3], "--clip-duration", "1"), 2, "--clip-duration: Input should be"),
        ((*RIVER[:3], "--total-duration", "76"), 2, "at most 75 seconds, 15 clips of 5 seconds each"),
        ((*RIVER, "--clips", "nobody"), 2, "must be one of offline"),
        ((*RIVER, "--clips", "google:veo-3.1-generate-preview"), 2, "GOOGLE_API_KEY"),
        ((*RIVER, "--out", "nowhere/film.mp4"), 2, "in a folder that is not there"),
        ((*RIVER, "--out", "film.mp4", "--background"), 2, "--background"),
        (("videos", "show", NOWHERE), 4, "no video project"),
        (("videos", "status", "x"), 2, "VIDEO: should be an id"),
        (("videos", "download", NOWHERE), 4, "no video project"),
        (("videos", "clip", NOWHERE, "0"), 4, "no video project"),
        (("videos", "fork", NOWHERE, "--edit", "motion=x"), 2, "not of the form"),
        (("videos", "fork", NOWHERE), 4, "no video project"),
    ],
)
def test_what_is_not_right_is_told_with_its_exit_code(
    home: Path, words: tuple[str, ...], code: int, said_so: str
) -> None:
    ended = said(home, *words)
    assert (ended.code, ended.out) == (code, "")
    assert said_so in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("package", "words", "code", "remedy"),
    [
        ("av", (), 6, "Films need the extra videos. Run: pip install 'taskforce[videos]'"),
        ("PIL", (), 6, "Films need the extra videos. Run: pip install 'taskforce[videos]'"),
        (
            "google.genai",
            ("--clips", "google:veo-3.1-generate-preview"),
            2,
            "pip install 'taskforce[videos-google]'",
        ),
        ("openai", ("--frames", "openai:gpt-image-2.5-flare"), 2, "pip install 'taskforce[videos-openai]'"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra_and_nothing_is_begun(
    tmp_path: Path, package: str, words: tuple[str, ...], code: int, remedy: str
) -> None:
    with script(BARE_MACHINE, tmp_path, package, *RIVER, *words) as process:
        ended = process.wait()
    assert (ended.code, ended.out) == (code, "")
    assert remedy in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert said(tmp_path, "videos", "list", "--json").json == []
