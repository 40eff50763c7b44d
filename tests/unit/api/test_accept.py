"""What a client takes: the Accept header against what there is."""

import pytest

from taskforce.api.accept import chosen

STREAM, JSON = "text/event-stream", "application/json"


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("", STREAM),
        ("*/*", STREAM),
        ("text/event-stream", STREAM),
        ("TEXT/Event-Stream", STREAM),
        ("text/*", STREAM),
        ("application/json", JSON),
        ("application/*", JSON),
        ("application/json, text/event-stream", STREAM),
        ("application/json, text/event-stream;q=0.9", JSON),
        ("text/event-stream;q=0, */*", JSON),
        ("*/*;q=0.1, application/json;q=0.2", JSON),
        ("application/json; charset=utf-8", JSON),
        ("image/png, */*;q=0.01", STREAM),
        ("image/png", None),
        ("*/*;q=0", None),
        ("application/json;q=0.000", None),
        ("not a header", STREAM),
        (";;;,", STREAM),
        ("image/png, nonsense", None),
    ],
)
def test_the_best_liked_offer_is_chosen(accept: str, offer: str | None) -> None:
    assert chosen(accept, (STREAM, JSON)) == offer
