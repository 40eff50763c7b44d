"""Redaction: secrets taken out of what is written down for others, such as a cassette."""

import re
from collections.abc import Iterable

from pydantic import JsonValue

MARK = "[redacted]"
SHORTEST = 8
"""Characters of a known secret: a shorter one would blot out ordinary words."""

_BEGIN = r"(?<![A-Za-z0-9_-])"
_IS = r"\\?[\"']?\s*[:=]\s*\\?[\"']?"
"""Between a name and its value: also in JSON, and in JSON within JSON."""
_MIXED = "".join(rf"(?=[A-Za-z0-9+/_=.~-]*[{kind}])" for kind in ("a-z", "A-Z", "0-9"))

_FORMS = (
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # a JWT
    r"sk-(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{20,}",  # OpenAI, Anthropic and their like
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}",
    r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",  # AWS
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"xox[abeprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
    r"tf_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}",  # our own keys
    r"whsec_[A-Za-z0-9+/]{24,}=*",  # Standard Webhooks
)
_KEY = "PRIVATE KEY-----"
_PATTERNS = (
    (
        ("-----begin",),
        re.compile(rf"-----BEGIN [A-Z ]*{_KEY}.*?(?:-----END [A-Z ]*{_KEY}|\Z)", re.DOTALL),
        MARK,
    ),
    (("",), re.compile(rf"{_BEGIN}(?:{'|'.join(_FORMS)})"), MARK),
    (
        ("bearer",),
        re.compile(r"(?<![A-Za-z0-9])((?i:bearer)\s+)(?=\S*[0-9])[A-Za-z0-9._~+/-]{12,}=*"),
        rf"\1{MARK}",
    ),
    (
        (":", "="),
        re.compile(rf"((?i:authorization){_IS}(?i:basic|token|digest)\s+)(?=\S*[0-9A-Z=])[^\s\"',;\\]{{6,}}"),
        rf"\1{MARK}",
    ),
    (
        (":", "="),
        re.compile(
            r"(?<![A-Za-z0-9])((?i:(?:api|access|secret)[_-]?key|client[_-]?secret|secret|token|passw(?:or)?d)"
            rf"{_IS}){_MIXED}[A-Za-z0-9+/_=.~-]{{16,}}"
        ),
        rf"\1{MARK}",
    ),
    # a password in an address; the word itself stands for one in documents
    (("://",), re.compile(r"(://[^/\s:@\"']{0,64}:)(?!password@)[^/\s@\"']{4,}(@)"), rf"\1{MARK}\2"),
)
"""Each with what a text has to hold, in small letters, for it to be looked for at all, and with what it
leaves in place: a mark, and the name, the scheme or the host beside it."""

_NAMES = frozenset(
    {
        "accesskey",
        "accesstoken",
        "apikey",
        "authorization",
        "clientsecret",
        "cookie",
        "idtoken",
        "passwd",
        "password",
        "privatekey",
        "proxyauthorization",
        "refreshtoken",
        "secret",
        "secretaccesskey",
        "secretkey",
        "setcookie",
        "xapikey",
    }
)
"""The members of a document whose texts are secrets whatever they look like: in small letters, one word."""


class Redaction:
    """Puts a mark where secrets stand: those that are known, and what has a secret's form.

    What it has left is left the second time too, and what is no secret stays as it is.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        secrets = {secret for secret in known if len(secret) >= SHORTEST and secret not in MARK}
        self._known = sorted(secrets, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        if len(text) < SHORTEST:
            return text  # most of what a log's line holds
        while (without := MARK.join(map(self._once, text.split(MARK)))) != text:
            text = without  # what stood beside a secret may be one itself
        return text

    def document(self, document: JsonValue) -> JsonValue:
        """Return a JSON document without secrets; its form stays the same."""
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, list):
            return [self.document(one) for one in document]
        if isinstance(document, dict):
            return {name: self._member(name, value) for name, value in document.items()}
        return document

    def _member(self, name: str, value: JsonValue) -> JsonValue:
        is_secret = isinstance(value, str) and value != "" and _bare(name) in _NAMES
        return MARK if is_secret else self.document(value)

    def _once(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, MARK)
        small = text.lower()
        for needles, pattern, left in _PATTERNS:
            if any(needle in small for needle in needles):
                text = pattern.sub(left, text)
        return text


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
