"""The commands of docs/how-to/run-on-nats.md, on a server."""

from pathlib import Path
from typing import Any

from tests.integration.processes import ROOT, said
from tests.services.nats_server import nats_server

PAGE = (ROOT / "docs" / "how-to" / "run-on-nats.md").read_text(encoding="utf-8")
PASSWORD = "kept-to-itself"


def test_the_commands_of_the_page_say_what_it_shows(tmp_path: Path) -> None:
    with nats_server("--user", "taskforce", "--pass", PASSWORD) as server:
        url = server.url.replace("//", f"//taskforce:{PASSWORD}@")
        urls: dict[str, Any] = {"queue_url": url, "feed_url": url, "events_url": url}
        for words in ("doctor", "run mission 'List the files'", "jobs list --dead"):
            assert f"$ taskforce {words}\n" in PAGE
        doctor = said(tmp_path, "doctor", **urls)
        for name in urls:
            assert f"TASKFORCE_{name.upper()}=" in PAGE
            assert any({name, "environment"} <= set(line.split()) for line in doctor.out.splitlines())
        assert PASSWORD not in doctor.out + doctor.err
        done = said(tmp_path, "run", "mission", "List the files", **urls)
        assert (done.code, done.out.splitlines()[0]) == (0, "Done, 1 step."), done.err
        listed = said(tmp_path, "jobs", "list", "--dead", **urls)
        assert (listed.code, listed.out) == (0, "")
