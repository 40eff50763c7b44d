"""Where people look at an artifact on the site that hosts its repository."""

import re
from urllib.parse import quote

from taskforce.core.marketplace.model import Detected

_WEB = re.compile(r"https?://(?P<host>[^/]+)/(?P<path>.+)")
_FORMS = {
    "github.com": ("blob/{commit}/{path}", "tree/{commit}/{path}"),
    "gitlab.com": ("-/blob/{commit}/{path}", "-/tree/{commit}/{path}"),
    "bitbucket.org": ("src/{commit}/{path}", "src/{commit}/{path}"),
    "codeberg.org": ("src/commit/{commit}/{path}", "src/commit/{commit}/{path}"),
}
"""By host, how a file and a folder are shown."""


def upstream_url(repo_url: str, commit_sha: str, found: Detected) -> str:
    """Return the page that shows an artifact at a commit; of an unknown host the repository's own."""
    web = _WEB.fullmatch(repo_url)
    forms = _FORMS.get(web["host"].lower()) if web else None
    if web is None or forms is None:
        return repo_url
    form = forms[0] if found.is_single_file else forms[1]
    place = form.format(commit=commit_sha, path=quote(found.path)).rstrip("/")
    return f"https://{web['host'].lower()}/{web['path'].strip('/').removesuffix('.git')}/{place}"


def same_repository(repo_url: str) -> str:
    """Return what is the same for all usual spellings of an address: sources are told apart by it."""
    text = repo_url.rstrip("/").removesuffix(".git").rstrip("/")
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"
