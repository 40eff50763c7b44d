"""Where spans go: to the receiver that the settings name, or nowhere."""

from taskforce import __version__
from taskforce.core.telemetry import Tracer
from taskforce.infrastructure.telemetry.silent import SilentTracer
from taskforce.settings import SettingsInvalid


def tracer_to(endpoint: str | None) -> Tracer:
    """Return the tracer. Raises SettingsInvalid when it needs the extra and that is not installed."""
    if endpoint is None:
        return SilentTracer()
    try:
        from taskforce.infrastructure.telemetry.otel import OtelTracer  # noqa: PLC0415 - the extra otel
    except ImportError as missing:
        raise SettingsInvalid(
            "otlp_endpoint is set, and OpenTelemetry is not installed. Run: pip install 'taskforce[otel]'"
        ) from missing
    return OtelTracer(endpoint, version=__version__)
