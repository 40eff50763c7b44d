"""The text of a key: told by its prefix, checked by itself, and never the same twice."""

import re

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.access.keys import PREFIX, SECRET_BYTES, id_in, key_digest, key_id, key_text

SHAPE = re.compile(r"tf_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}")
secrets = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
PEPPER = b"p" * 32


@given(secrets, secrets)
def test_a_key_names_its_id(chance: bytes, secret: bytes) -> None:
    text = key_text(key_id(chance), secret)
    assert SHAPE.fullmatch(text)
    assert id_in(text) == key_id(chance)


@given(secrets, st.integers(0, 65), st.sampled_from("0aZ_- é"))
def test_a_key_with_another_letter_is_none(secret: bytes, place: int, letter: str) -> None:
    text = key_text("abcdefgh", secret)
    changed = text[:place] + letter + text[place + 1 :]
    assert changed == text or id_in(changed) is None


@given(st.text() | st.text(alphabet="0aZ_").map(lambda rest: PREFIX + rest))
def test_any_other_text_is_no_key(text: str) -> None:
    assert id_in(text) is None


@given(secrets, secrets)
def test_two_secrets_have_two_digests(one: bytes, other: bytes) -> None:
    texts = [key_text("abcdefgh", secret) for secret in (one, other)]
    digests = [key_digest(text, PEPPER) for text in texts]
    assert (texts[0] == texts[1]) == (digests[0] == digests[1]) == (one == other)
    assert key_digest(texts[0], b"another pepper, as long as that one") != digests[0]
    assert all(len(digest) == 64 for digest in digests)
