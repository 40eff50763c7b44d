"""What goes along with a message: the request that it comes from, and its trace."""

from collections.abc import Mapping

from structlog.contextvars import get_contextvars

_NAMES = {"request_id": "X-Request-ID", "traceparent": "traceparent"}


def headers_of(*, request_id: str = "", traceparent: str = "") -> dict[str, str]:
    """Return the headers of a message that comes from a request."""
    given = {"request_id": request_id, "traceparent": traceparent}
    return {
        _NAMES[name]: text for name, text in given.items() if text and text.isascii() and text.isprintable()
    }


def bound_headers(job_id: str | None) -> Mapping[str, str]:
    """Return the headers of a hint, of the request that is being served as the log knows it."""
    bound = get_contextvars()
    request = headers_of(
        request_id=str(bound.get("request_id", "")), traceparent=str(bound.get("traceparent", ""))
    )
    return request if job_id is None else {"Taskforce-Job-Id": job_id, **request}


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
