"""The pages of the document: they come from here and load nothing from elsewhere."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.integration.doors.api_client import api


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_page_names_nothing_that_is_elsewhere(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?\s*(?:https?:)?//""", page.text) == []
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_what_a_page_loads_is_there(client: TestClient, path: str) -> None:
    loaded = re.findall(r"""(?:src|href)=["'](/[^"']+)""", client.get(path).text)
    assert loaded
    for part in loaded:
        assert client.get(part).status_code == 200


def test_the_root_leads_to_the_pages(client: TestClient) -> None:
    root = client.get("/", follow_redirects=False)
    assert (root.status_code, root.headers["location"]) == (307, "/docs")
    assert client.get("/").url.path == "/docs"


def test_the_document_names_no_other_server(client: TestClient) -> None:
    servers = client.get("/openapi.json").json()["servers"]
    assert [server["url"] for server in servers] == ["/"]
