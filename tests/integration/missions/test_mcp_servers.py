"""Servers of tools, real ones: what their tools answer, how they break, and that nothing of them is left."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from taskforce.core.missions.errors import ToolServerUnavailable, ToolServerUnfit
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.tools import Risk, ToolEffect
from tests.integration.missions.tool_servers import KEY, Reached, at, odd, reached, serving, shop
from tests.integration.processes import is_alive, until
from tests.services.tool_server import PIXEL

WAYS = ("stdio", "http", "json")


@contextmanager
def a_shop(way: str, folder: Path, **terms: object) -> Iterator[McpServer]:
    ledger = folder / "ledger"
    if way == "stdio":
        yield shop(ledger, **terms)
        return
    with serving(ledger, *(["json"] if way == "json" else [])) as (_, origin):
        yield at(f"{origin}/mcp", **terms)


def noted(folder: Path) -> list[str]:
    ledger = folder / "ledger"
    return ledger.read_text().splitlines() if ledger.is_file() else []


def children() -> set[int]:
    """Return the processes that this one has started and not seen end."""
    tasks = Path("/proc/self/task")
    found = {int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()}
    return {pid for pid in found if is_alive(pid)}


@pytest.mark.parametrize("way", WAYS)
async def test_a_servers_tools_are_listed_and_called(tmp_path: Path, way: str) -> None:
    with a_shop(way, tmp_path) as server:
        async with reached(server, tmp_path) as there:
            specs = await there.specs()
            assert {"shop__price", "shop__order", "shop__die"} < specs.keys()
            assert specs["shop__price"].description == "Say what an item costs."
            assert specs["shop__price"].risk is (Risk.EXECUTE if way == "stdio" else Risk.NETWORK)
            assert specs["shop__price"].effect is ToolEffect.ONCE
            result = await there.call("price", item="rice", count=2)
            assert (result.failed, '"francs": 5.0' in result.content) == (False, True)
            refused = await there.call("refuse")
            assert (refused.failed, "Error executing tool refuse" in refused.content) == (True, True)


@pytest.mark.parametrize("way", WAYS)
async def test_calls_side_by_side_share_a_connection(tmp_path: Path, way: str) -> None:
    with a_shop(way, tmp_path) as server:
        async with reached(server, tmp_path) as there:
            results = await asyncio.gather(*(there.call("meet", name=name) for name in ("ann", "ben")))
    assert [result.content for result in results] == ["ann met somebody.", "ben met somebody."]


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_a_call_that_is_cancelled_is_cancelled_at_the_server_too(tmp_path: Path, way: str) -> None:
    with a_shop(way, tmp_path) as server:
        async with reached(server, tmp_path) as there:
            calling = asyncio.create_task(there.call("stall", text="x"))
            await asyncio.to_thread(until, lambda: "stall x" in noted(tmp_path))
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            await asyncio.to_thread(until, lambda: "cancelled x" in noted(tmp_path))
            assert (await there.call("order", item="tea")).content == "tea is ordered."


@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_a_call_that_takes_too_long_fails_and_the_next_one_works(tmp_path: Path, way: str) -> None:
    with a_shop(way, tmp_path, seconds=2) as server:
        async with reached(server, tmp_path) as there:
            late = await there.call("stall", text="x")
            assert (late.failed, late.content) == (
                True,
                "The tool server shop failed: it did not answer within 2 seconds.",
            )
            assert (await there.call("order", item="tea")).content == "tea is ordered."


async def test_a_server_that_hangs_fails_the_call_and_is_ended(tmp_path: Path) -> None:
    before = children()
    async with reached(shop(tmp_path / "ledger", seconds=1), tmp_path) as there:
        assert "did not answer within 1 seconds" in (await there.call("hang")).content
    assert children() == before


async def test_a_server_that_dies_fails_the_call_says_why_and_is_started_again(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        dead = await there.call("die")
        assert dead.failed
        assert dead.content == (
            "The tool server shop failed: it ended with exit code 3. "
            "It said last: dying, and the key is [redacted]."
        )
        assert (await there.call("order", item="tea")).content == "tea is ordered."


async def test_a_served_server_that_dies_fails_the_call_and_is_found_again(tmp_path: Path) -> None:
    with serving(tmp_path / "ledger") as (process, origin):
        async with reached(at(f"{origin}/mcp"), tmp_path) as there:
            dead = await there.call("die")
            assert (dead.failed, dead.content.startswith("The tool server shop failed: ")) == (True, True)
            process.wait()
            gone = await there.call("order", item="tea")
            assert gone.content == "The tool server shop failed: All connection attempts failed."


async def test_what_is_too_long_is_not_taken_in(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        assert len((await there.call("flood", mib=2)).content) == 2 * 1024 * 1024
        flooded = await there.call("flood", mib=20)
        assert (flooded.failed, "it said more than 8 MiB in one message." in flooded.content) == (True, True)
        assert (await there.call("order", item="tea")).content == "tea is ordered."


@pytest.mark.parametrize("way", ["http", "json"])
async def test_what_is_too_long_is_not_taken_in_over_http(tmp_path: Path, way: str) -> None:
    with a_shop(way, tmp_path) as server:
        async with reached(server, tmp_path) as there:
            assert len((await there.call("flood", mib=2)).content) == 2 * 1024 * 1024
            assert (await there.call("flood", mib=20)).failed
            assert (await there.call("order", item="tea")).content == "tea is ordered."


async def test_progress_is_shown_live(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        assert (await there.call("progress")).content == "Done."
    assert there.hints == ["1/2 half\n", "2/2 [redacted]\n"]


async def test_a_picture_is_a_file_of_the_result(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        result = await there.call("picture")
    (file,) = result.files
    assert (file.media_type, file.content) == ("image/png", PIXEL)
    assert result.content == f"[image/png, {len(PIXEL)} bytes, kept as the artifact {file.name}]"


async def test_a_server_that_asks_the_user_gets_no_answer(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        assert (await there.call("ask")).failed
        assert (await there.call("order", item="tea")).content == "tea is ordered."


async def test_a_server_is_told_what_the_profile_says_and_begins_in_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-servers")
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        found = (await there.call("environment")).content
        assert (
            {"LEDGER", "SHOP_KEY", "PATH"}
            <= set(found.split())
            <= {
                *("LEDGER", "SHOP_KEY", "HOME", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "USER"),
                *found.split()[found.split().index("in") :],
            }
        )
        assert found.endswith("with []")
        assert str(tmp_path) not in found
    async with reached(shop(tmp_path / "ledger", cwd=str(tmp_path)), tmp_path) as there:
        assert f"in {tmp_path} with" in (await there.call("environment")).content


async def test_a_secret_is_taken_out_of_whatever_is_said(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path) as there:
        told = await there.call("tell_key")
    assert KEY not in told.model_dump_json()
    assert told.content.count("[redacted]") == 2
    assert os.environ["HOME"] in told.content


async def test_a_wrong_key_is_told_with_its_status_and_without_itself(tmp_path: Path) -> None:
    with serving(tmp_path / "ledger") as (_, origin):
        server = at(f"{origin}/mcp")
        async with reached(server, tmp_path, variable={"SHOP_KEY": "key-of-another"}.get) as there:
            with pytest.raises(
                ToolServerUnavailable, match=r"it answered HTTP 401 Unauthorized\."
            ) as refused:
                await there.specs()
    assert "key-of-another" not in refused.value.message


async def test_a_redirect_to_another_host_is_not_followed_with_the_headers(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "elsewhere") as (_, elsewhere),
        serving(tmp_path / "ledger", ELSEWHERE=f"{elsewhere}/mcp") as (_, origin),
    ):
        async with reached(at(f"{origin}/moved"), tmp_path) as there:
            with pytest.raises(ToolServerUnavailable, match="not followed"):
                await there.specs()
    assert not (tmp_path / "elsewhere").exists()
    assert f"POST /moved with Bearer {KEY}" in noted(tmp_path)


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        (McpServer(command="no-such-program"), "no-such-program cannot be started"),
        (McpServer(command="sleep", args=("60",), start_seconds=0.5), "it was not there in time."),
        (McpServer(command="cat", cwd="/no/such/folder"), "No such file or directory"),
        (McpServer(command=sys.executable, args=("-c", "exit(7)")), "it ended with exit code 7."),
        (McpServer(url="http://127.0.0.1:9/mcp"), "All connection attempts failed."),
        (odd("endless"), "it lists more than 500 tools, or more than 100 pages of them."),
    ],
)
async def test_a_server_that_cannot_list_its_tools_is_named_with_the_cause(
    tmp_path: Path, server: McpServer, problem: str
) -> None:
    before = children()
    async with reached(server, tmp_path) as there:
        with pytest.raises(ToolServerUnavailable) as wrong:
            await there.specs()
    assert wrong.value.message.startswith("The tool server shop does not answer: ")
    assert problem in wrong.value.message
    assert children() == before


async def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    async with reached(shop(tmp_path / "ledger"), tmp_path, variable=lambda _: None) as there:
        with pytest.raises(ToolServerUnfit, match="the environment variable SHOP_KEY is not set"):
            await there.specs()
        assert "SHOP_KEY is not set" in (await there.call("order", item="tea")).content


async def test_a_list_is_read_to_its_last_page(tmp_path: Path) -> None:
    async with reached(odd("paged"), tmp_path) as there:
        assert list(await there.specs()) == [f"shop__tool_{number}" for number in range(7)]
        assert (await there.call("tool_6")).content == "tool_6 got {}"


async def test_a_tool_whose_schema_no_model_can_be_given_is_left_out(tmp_path: Path) -> None:
    async with reached(odd("schemas"), tmp_path) as there:
        specs = await there.specs()
    names = {name.removeprefix("shop__") for name in specs}
    assert names == {"good", "circle", "far", "trap", "trapped_names"}
    assert all(spec.parameters["type"] == "object" for spec in specs.values())


async def test_arguments_are_checked_by_the_schema_as_far_as_it_can_be_trusted(
    tmp_path: Path,
) -> None:
    async with reached(odd("schemas"), tmp_path) as there:
        wrong = await there.check("good", count="many")
        assert wrong == (
            "Invalid arguments for shop__good: count: 'many' is not of type 'integer'. It takes: count."
        )
        assert "'count' is a required property" in await there.check("good")
        assert await there.check("circle", count=1) == ""
        assert await there.check("far", count=1) == ""
        async with asyncio.timeout(5):
            assert await there.check("trap", text="a" * 40 + "!") == ""
            assert await there.check("trapped_names", **{"a" * 40 + "!": 1}) == ""


async def test_two_tools_of_one_name_are_refused_until_the_profile_chooses(tmp_path: Path) -> None:
    async with reached(odd("clash"), tmp_path) as there:
        with pytest.raises(ToolServerUnfit, match="'find/all' are all shop__find_all here"):
            await there.specs()
    async with reached(odd("clash", tools=["find.all"]), tmp_path) as there:
        assert list(await there.specs()) == ["shop__find_all"]


async def test_long_names_are_cut_and_stay_different(tmp_path: Path) -> None:
    async with reached(odd("long"), tmp_path) as there:
        names = list(await there.specs())
    assert [len(name) for name in names] == [64, 64]
    assert len(set(names)) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("only_structured", '{"count":3}'),
        ("lying", '{"count":"three"}'),
        ("not_base64", "[application/octet-stream: left out, for it is not in base64]"),
        ("empty", ""),
    ],
)
async def test_odd_results_are_told_as_they_are(tmp_path: Path, name: str, content: str) -> None:
    async with reached(odd("results"), tmp_path) as there:
        assert await _told(there, name) == (False, content)


async def _told(there: Reached, name: str) -> tuple[bool, str]:
    result = await there.call(name)
    return result.failed, result.content


async def test_what_a_server_starts_ends_with_it(tmp_path: Path) -> None:
    before = children()
    stubborn = (
        f"trap '' TERM HUP INT; (setsid sleep 300 & echo $! > {tmp_path}/pid); cat > /dev/null; sleep 300"
    )
    server = McpServer(command="sh", args=("-c", stubborn), start_seconds=2)
    async with reached(server, tmp_path) as there:
        with pytest.raises(ToolServerUnavailable):
            await there.specs()
    assert not is_alive(int((tmp_path / "pid").read_text()))
    assert children() == before
