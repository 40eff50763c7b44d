"""Commands that README and docs show are run as they stand there, and say what is shown."""

import shutil
from pathlib import Path

import pytest

from tests.integration.docs.model_turns import TURNS, provider_for
from tests.integration.docs.pages import PAGES, ROOT, links, shown
from tests.integration.docs.shell import Shell
from tests.services.model_peer import ModelPeer

EVERY_PAGE = (*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_can_be_followed_word_by_word(page: Path, tmp_path: Path) -> None:
    if shutil.which("curl") is None and any("curl" in step.text for step in shown(page)):
        pytest.skip("curl is not there")

    with (
        ModelPeer(TURNS, key=None) as peer,
        Shell(tmp_path, environment=provider_for(page, peer)) as shell,
    ):
        shell.follow(shown(page))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_links_to_what_is_there(page: Path) -> None:
    missing = [
        target
        for target in links(page)
        if not target.startswith("#") and not (page.parent / target.partition("#")[0]).exists()
    ]

    assert missing == []
