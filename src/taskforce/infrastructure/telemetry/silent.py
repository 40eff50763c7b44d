"""No telemetry: what is asked for when nobody watches."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from taskforce.core.telemetry import Attributes, Span, SpanKind, Tracer


class SilentSpan(Span):
    """Tells nobody."""

    @property
    def traceparent(self) -> str:
        return ""

    def rename(self, name: str) -> None:
        return

    def note(self, attributes: Attributes) -> None:
        return

    def fail(self, error: str, message: str) -> None:
        return


class SilentTracer(Tracer):
    """Tells nobody."""

    def span(
        self, name: str, *, kind: SpanKind, attributes: Attributes, parent: str = ""
    ) -> AbstractContextManager[Span]:
        return _nothing()

    def close(self) -> None:
        return


@contextmanager
def _nothing() -> Iterator[Span]:
    yield SilentSpan()
