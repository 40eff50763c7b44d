"""The commands of docs/how-to/run-on-postgresql.md, on a server."""

from pathlib import Path

from tests.integration.processes import ROOT, said

PAGE = (ROOT / "docs" / "how-to" / "run-on-postgresql.md").read_text(encoding="utf-8")
PASSWORD = "to-be-told-nobody"


def test_the_commands_of_the_page_say_what_it_shows(postgres_url: str, tmp_path: Path) -> None:
    url = postgres_url.replace("@", f":{PASSWORD}@")
    for words in ("doctor", "run mission 'List the files'", "jobs list"):
        assert f"$ taskforce {words}\n" in PAGE
    doctor = said(tmp_path, "doctor", database_url=url)
    assert any({"database_url", "environment"} <= set(line.split()) for line in doctor.out.splitlines())
    assert PASSWORD not in doctor.out + doctor.err
    done = said(tmp_path, "run", "mission", "List the files", database_url=url)
    assert (done.code, done.out.splitlines()[0]) == (0, "Done, 1 step."), done.err
    listed = said(tmp_path / "another-home", "jobs", "list", database_url=url)
    assert {"mission", "succeeded"} <= set(listed.out.split())
