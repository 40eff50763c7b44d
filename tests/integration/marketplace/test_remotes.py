"""Which addresses may be asked, and that git goes there and nowhere else."""

import shutil
import subprocess
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.git import GitTooOld
from taskforce.core.marketplace.errors import RepositoryRefused
from taskforce.infrastructure.marketplace.remotes import Remotes, check_version
from taskforce.infrastructure.marketplace.urls import check_commit, check_ref, read_url
from tests.integration.network.web import pointing

PUBLIC = Remotes(resolve=pointing("93.184.215.14"))
LOCAL = Remotes(resolve=pointing("127.0.0.1"), allow_local=True)

FORBIDDEN_HOSTS = (
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.01",
    "127.0.0.1.", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",  # noqa: S104 - nothing is bound
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "168.63.129.16", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]", "[0:0:0:0:0:ffff:7f00:1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fd00:ec2::254]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "router",
    "printer.local", "metadata.google.internal", "metadata.google.internal.", "①②⑦.⓪.⓪.①", "127。0。0。1",
    "\uff11\uff12\uff17.0.0.1", "ⓛocalhost", "%6c%6f%63alhost", "127.0.0.1%00.site.test", "-oProxyCommand=x",
    "-site.test", "site..test", "", "[::1", f"{'a' * 64}.test", "site.test:25", "site.test:0",
    "site.test:6000",
    "site.test:99999", "site.test:-1", "site.test:x",
)  # fmt: skip


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
@pytest.mark.parametrize("scheme", ["https", "ssh"])
async def test_no_spelling_of_a_forbidden_host_is_asked(scheme: str, host: str) -> None:
    with pytest.raises(RepositoryRefused, match="repo_url: "):
        await PUBLIC.find(f"{scheme}://{host}/owner/name")


STRANGE_URLS = (
    "", "x", "owner/name", "github.com/owner/name", "ext::sh -c id", "ext::sh%20-c%20id", "fd::17",
    "file::/etc",
    "transport::https://site.test/a", "-oProxyCommand=id", "--upload-pack=id",
    "--upload-pack=id://site.test/a",
    "git@site.test:--upload-pack=id", "git@site.test:-x", "git@-oProxyCommand=id:a", "-x@site.test:a/b",
    "ssh://-oProxyCommand=id/a", "ssh://-x@site.test/a", "ssh://git@site.test/-x",
    "ssh://git:word@site.test/a",
    "ssh://git@site.test:25/a", "ssh://git@site.test@evil.test/a", "ssh://site.test", "ssh://site.test/",
    "git@site.test:", "git@site.test::a", "git@site.test:../a", "git@127.0.0.1:a/b", "git@[::1]:a/b",
    "https://user@site.test/a", "https://user:word@site.test/a", "https://site.test@127.0.0.1/a",
    "https://127.0.0.1@site.test/a", "https://site.test%40127.0.0.1/a", "https://site.test\\@127.0.0.1/a",
    "https://site.test/a/../../b", "https://site.test/%2e%2e/b", "https://site.test/a/./b",
    "https://site.test/a?upload-pack=x", "https://site.test/a#b", "https://site.test/--upload-pack=id",
    "https://site.test/%0d%0aHost:%20x", "https://site.test/a%00", "https://site.test/a\nb",
    "https://site.test/a b",
    "https://site.test/\u202egnp", "https://site.test", "https://site.test/", "https:/site.test/a",
    "https:site.test",
    "https://site.test/a%5cb", f"https://site.test/{'a' * 2_000}", "https://site.test\t/a",
    "http://site.test/a", "ftp://site.test/a", "git://site.test/a", "git+ssh://site.test/a",
    "gopher://site.test/a",
    "rsync://site.test/a", "file:///etc", "file://site.test/etc", "/etc", "//site.test/a", "FILE:///etc",
    "http://127.0.0.1/a", "http://localhost/a", "javascript://site.test/a",
)  # fmt: skip


@pytest.mark.parametrize("url", STRANGE_URLS)
async def test_no_strange_address_is_asked(url: str) -> None:
    with pytest.raises(RepositoryRefused, match="repo_url: ") as refused:
        PUBLIC.check(url)
    assert refused.value.errors[0].pointer == "/repo_url"
    assert str(refused.value).endswith((".", "repo_url"))


@given(st.text(max_size=60))
def test_whatever_is_given_is_read_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"ssh://{text}", f"git@{text}", f"file://{text}"):
        try:
            read = read_url(url)
        except RepositoryRefused:
            continue
        assert read.path.isprintable()
        assert ".." not in read.path.split("/")


REFS = (
    "", " ", "-b", "--upload-pack=id", "a..b", "a@{1}", "@{-1}", "@", "a b", "a\nb", "a\x00",
    "a\x7f", "a~1", "a^",
    "a^{tree}", "a:b", "+a:b", "a?", "a*", "a[", "a\\b", "/a", "a/", "a//b", ".a", "a/.b",
    "a.lock", "a.lock/b",
    "a.", "a" * 300, "a\u202eb", "refs/heads/*",
)  # fmt: skip


@pytest.mark.parametrize("ref", REFS)
def test_no_strange_ref_is_asked_for(ref: str) -> None:
    with pytest.raises(RepositoryRefused, match="branch: must be the name of a branch or a tag"):
        check_ref(ref)


@pytest.mark.parametrize("ref", ["main", "feature/one", "v1.0", "HEAD", "0" * 40, "ünï", "a-b", "a@b"])
def test_a_name_is_asked_for(ref: str) -> None:
    check_ref(ref)


@pytest.mark.parametrize("commit", ["main", "abc123", "-" * 40, "G" * 40, "A" * 40, "a" * 41])
def test_a_commit_is_said_in_full(commit: str) -> None:
    with pytest.raises(RepositoryRefused, match="40 hex digits"):
        check_commit(commit)


async def test_a_name_that_leads_to_any_forbidden_address_is_refused_and_not_told_where() -> None:
    for addresses in (
        ("93.184.215.14", "10.0.0.7"),
        ("::ffff:10.0.0.7",),
        ("64:ff9b::a00:7",),
        ("fe80::1%2",),
    ):
        remotes = Remotes(resolve=pointing(*addresses))
        remotes.check("https://site.test/a")  # its spelling is right
        for url in ("https://site.test/a", "ssh://site.test/a", "git@site.test:a"):
            with pytest.raises(RepositoryRefused, match="not on the public internet") as refused:
                await remotes.find(url)
            assert "10.0.0.7" not in str(refused.value)


async def test_a_private_network_is_reached_when_an_operator_named_it() -> None:
    remotes = Remotes(resolve=pointing("10.1.2.3"), private=(ip_network("10.1.0.0/16"),))
    found = await remotes.find("https://git.corp/a")
    assert found.config["http.curloptResolve"] == "git.corp:443:10.1.2.3"


async def test_plain_http_is_for_this_machine_alone() -> None:
    assert (await LOCAL.find("http://site.test:8080/a")).url == "http://site.test:8080/a"
    for resolve in (pointing("93.184.215.14"), pointing("127.0.0.1", "93.184.215.14")):
        with pytest.raises(RepositoryRefused, match="for this machine alone"):
            await Remotes(resolve=resolve, allow_local=True).find("http://site.test/a")
    with pytest.raises(RepositoryRefused, match="for this machine alone"):
        LOCAL.check("http://93.184.215.14/a")


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://Site.Test./owner/name.git", "https://site.test/owner/name.git"),
        ("https://site.test:8443/a", "https://site.test:8443/a"),
        ("HTTPS://site.test/a b".replace(" ", "%20"), "https://site.test/a%20b"),
        ("https://bücher.test/ü", "https://xn--bcher-kva.test/%C3%BC"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
        ("git@Site.test:owner/name", "git@site.test:owner/name"),
        ("ssh://git@site.test/a", "ssh://git@site.test:22/a"),
        ("ssh://site.test:2222/~me/a", "ssh://site.test:2222/~me/a"),
        ("ssh://git@[2606:4700::1111]/a", "ssh://git@[2606:4700::1111]:22/a"),
    ],
)
async def test_git_is_given_an_address_in_one_spelling(url: str, given: str) -> None:
    PUBLIC.check(url)
    assert (await PUBLIC.find(url)).url == given


async def test_git_is_told_all_addresses_of_a_name_and_none_for_an_address() -> None:
    remotes = Remotes(resolve=pointing("93.184.215.14", "2606:4700::1111"))
    found = await remotes.find("https://site.test:8443/a")
    assert found.config == {
        "protocol.https.allow": "always",
        "http.curloptResolve": "site.test:8443:93.184.215.14,[2606:4700::1111]",
    }
    for url in ("https://8.8.8.8/a", "https://[2606:4700::1111]/a"):
        assert (await remotes.find(url)).config == {"protocol.https.allow": "always"}


async def test_credentials_are_said_to_their_host_alone() -> None:
    remotes = Remotes(
        resolve=pointing("93.184.215.14"), credentials={"site.test": "ann:a%3Ab", "port.test:8443": "bob:b"}
    )
    said = {
        "https://site.test/a": "Authorization: Basic YW5uOmE6Yg==",
        "https://SITE.test.:8443/a": "Authorization: Basic YW5uOmE6Yg==",
        "https://port.test:8443/a": "Authorization: Basic Ym9iOmI=",
        "https://port.test/a": None,
        "https://a.site.test/a": None,
        "git@site.test:a": None,
    }
    assert {url: (await remotes.find(url)).config.get("http.extraHeader") for url in said} == said
    assert "Basic" not in repr(await remotes.find("https://site.test/a"))


@pytest.mark.skipif(shutil.which("ssh") is None, reason="ssh is missing: scripts/services.sh")
async def test_ssh_itself_says_that_it_goes_to_the_checked_address_with_the_key_for_it(
    tmp_path: Path,
) -> None:
    remotes = Remotes(resolve=pointing("93.184.215.14"), keys={"site.test": tmp_path / "my key"})
    plain, other = await remotes.find("git@site.test:a"), await remotes.find("ssh://git@other.test:2222/a")
    told = _ssh_of(plain.config, "git@site.test")
    assert (told["hostname"], told["hostkeyalias"]) == ("93.184.215.14", "site.test")
    assert told["identityfile"] == str(tmp_path / "my key")
    strict = ("stricthostkeychecking", "identitiesonly", "identityagent", "forwardagent", "batchmode")
    assert [told[name] for name in strict] == ["true", "yes", "none", "no", "yes"]
    assert "proxycommand" not in told
    told = _ssh_of(other.config, "git@other.test")
    assert (told["hostname"], told["hostkeyalias"]) == ("93.184.215.14", "[other.test]:2222")
    assert told.get("identityfile", "none") == "none"


def _ssh_of(config: Mapping[str, str], host: str) -> dict[str, str]:
    """What ssh, called as git is told to, would do: by `ssh -G`, which connects nowhere."""
    words = ["sh", "-c", f'{config["core.sshCommand"]} -G "$1"', "sh", host]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return dict(line.split(" ", 1) for line in said.splitlines() if " " in line)


def test_a_git_that_would_ask_a_resolver_again_is_not_used() -> None:
    for good in ("git version 2.37.0", "git version 2.39.5 (Apple Git-154)", "git version 3.0.rc1\n"):
        check_version(good)
    for bad in ("git version 2.36.9", "git version 1.99", "", "fatal"):
        with pytest.raises(GitTooOld, match=r"Install git 2\.37 or newer"):
            check_version(bad)
