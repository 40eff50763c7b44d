"""What was compared: the settings of a scenario beside those of its baseline."""

from collections.abc import Mapping

from pydantic import JsonValue

from taskforce.core.scenarios.debrief import Setting
from taskforce.core.scenarios.figures import shortened
from taskforce.core.scenarios.scenario import ScenarioConfig

_ALWAYS = ("dispatch_rule", "release_policy")
_LABELS: Mapping[str, str] = {
    "dispatch_rule": "Dispatch rule",
    "release_policy": "Release policy",
    "wip_caps": "WIP caps",
    "wip_cards": "WIP cards",
    "setup_time_factor": "Setup time factor",
    "add_floater": "Floaters added",
    "failures": "Failures",
    "quality": "Scrap and rework",
    "setups": "Setups",
    "calendars": "Calendars",
    "operators": "Operators",
    "arrivals": "Arrivals",
    "process_times": "Process times",
    "most_attempts": "Attempts at most",
    "atc_k": "ATC look-ahead k",
    "atcs_k1": "ATCS look-ahead k1",
    "atcs_k2": "ATCS look-ahead k2",
    "horizon": "Horizon [h]",
    "warm_up": "Warm-up [h]",
    "replications": "Replications",
    "seed": "Seed",
}
_MOST = 5
_LONGEST = 44


def settings_of(scenario: ScenarioConfig, baseline: ScenarioConfig | None) -> tuple[Setting, ...]:
    """Return the rules and what differs from the baseline, or from the defaults where there is none.

    Of more than five, the rest is counted in the last.
    """
    now = scenario.model_dump(mode="json")
    before = (baseline or ScenarioConfig()).model_dump(mode="json")
    fields = [field for field in _LABELS if field in _ALWAYS or now[field] != before[field]]
    shown = fields if len(fields) <= _MOST else fields[: _MOST - 1]
    settings = [
        Setting(
            label=_LABELS[field],
            baseline=_told(before[field]) if baseline else "",
            scenario=_told(now[field]),
        )
        for field in shown
    ]
    rest = [_LABELS[field] for field in fields[len(shown) :]]
    if rest:
        words = shortened(", ".join(rest), _LONGEST)
        settings.append(
            Setting(
                label=f"{len(rest)} more {'differ' if baseline else 'are set'}", baseline="", scenario=words
            )
        )
    return tuple(settings)


def _told(value: JsonValue) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case dict():
            return (
                shortened(", ".join(f"{key}: {_told(one)}" for key, one in value.items()), _LONGEST) or "none"
            )
        case int() | float():
            return f"{value:,g}" if isinstance(value, float) else f"{value}"
        case _:
            return shortened(str(value), _LONGEST)
