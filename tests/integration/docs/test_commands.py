"""Commands that README and docs show are run as they stand there, and say what is shown."""

import shutil
from pathlib import Path

import pytest

from tests.integration.docs.model_turns import provider_for, turns_for
from tests.integration.docs.pages import PAGES, ROOT, anchors, links, shown
from tests.integration.docs.shell import Shell
from tests.services.model_peer import ModelPeer

EVERY_PAGE = (*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_can_be_followed_word_by_word(page: Path, tmp_path: Path) -> None:
    if shutil.which("curl") is None and any("curl" in step.text for step in shown(page)):
        pytest.skip("curl is not there")

    with (
        ModelPeer(turns_for(page), key=None) as peer,
        Shell(tmp_path, environment=provider_for(page, peer)) as shell,
    ):
        shell.follow(shown(page))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_links_to_what_is_there(page: Path) -> None:
    assert [target for target in links(page) if not leads_somewhere(page, target)] == []


def leads_somewhere(page: Path, target: str) -> bool:
    """Tell whether a file, and the heading in it that a link names, are there."""
    name, _, heading = target.partition("#")
    place = (page.parent / name).resolve() if name else page
    return place.exists() and (not heading or heading in anchors(place))


def test_every_page_is_listed() -> None:
    lists = [ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md"]
    listed = {(page.parent / target).resolve() for page in lists for target in links(page)}

    assert [page for page in (ROOT / "docs").rglob("*.md") if page not in {*listed, *lists}] == []
