"""The options of a scenario: each field of one as a flag, for every command that takes one."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Annotated, TypeAlias

import typer
from pydantic import JsonValue
from pydantic_core import from_json

Command: TypeAlias = Callable[..., None]


def _said(kind: type, flag: str, metavar: str, help: str) -> object:  # noqa: A002 - Typer's own word
    return Annotated[kind | None, typer.Option(flag, metavar=metavar, help=help)]


def _switch(flag: str, what: str) -> object:
    return Annotated[bool | None, typer.Option(f"--{flag}/--no-{flag}", help=what)]


SEED = {"seed": _said(int, "--seed", "N", "What random numbers begin with; default 0.")}
POLICIES: Mapping[str, object] = {
    "name": _said(str, "--name", "NAME", "What the scenario is called in debriefs."),
    "dispatch_rule": _said(
        str, "--dispatch", "RULE", "Which job a machine takes: FIFO (default), EDD, SPT, ATC, ATCS, LSN."
    ),
    "release_policy": _said(
        str, "--release", "POLICY", "When a job may begin: push (default), CONWIP, POLCA."
    ),
    "wip_caps": _said(
        list[str], "--wip-cap", "KEY=N", "Most jobs of a routing, a cell, global; cards of a pair A>B."
    ),
    "wip_cards": _said(int, "--wip-cards", "N", "Cards of each other pair of cells; CONWIP's global cap."),
    "setup_time_factor": _said(float, "--setup-factor", "F", "Setup times times this; default 1."),
    "add_floater": _said(int, "--floaters", "N", "Operators added who can do everything."),
}
WORLD: Mapping[str, object] = {
    "replications": _said(int, "--replications", "N", "How often; intervals need two. Default 1."),
    "horizon": _said(float, "--horizon", "H", "Hours; default: until all demand is done."),
    "warm_up": _said(float, "--warm-up", "H", "Hours at the beginning that no KPI counts."),
    "failures": _switch("failures", "Whether machines fail."),
    "quality": _switch("quality", "Whether pieces are scrapped and reworked."),
    "setups": _switch("setups", "Whether changing families takes time."),
    "calendars": _switch("calendars", "Whether shifts and blackouts hold."),
    "operators": _switch("operators", "Whether work needs an operator."),
    "arrivals": _said(str, "--arrivals", "WORD", "demand (default): each row once; poisson: it recurs."),
    "process_times": _said(str, "--process-times", "WORD", "lognormal (default), exponential or constant."),
    "most_attempts": _said(int, "--most-attempts", "N", "Tries of a piece at a step; default 10."),
    "atc_k": _said(float, "--atc-k", "K", "Look-ahead of ATC; default 2."),
    "atcs_k1": _said(float, "--atcs-k1", "K", "Look-ahead of ATCS for slack; default 2."),
    "atcs_k2": _said(float, "--atcs-k2", "K", "Look-ahead of ATCS for setups; default 0.5."),
    "polca_k": _said(float, "--polca-k", "K", "Planned hours by process times under POLCA; default 10."),
}
OPTIONS: Mapping[str, object] = {**POLICIES, **SEED, **WORLD}
"""Field of a scenario: its flag."""


def takes_scenario(*, but: Sequence[str] = ()) -> Callable[[Command], Command]:
    """Give a command the flags of a scenario, which it takes as `**scenario`."""

    def given(command: Command) -> Command:
        own = [one for one in signature(command).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        more = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
            for name, option in OPTIONS.items()
            if name not in but
        ]
        command.__signature__ = signature(command).replace(parameters=[*own, *more])  # type: ignore[attr-defined] # what Typer reads
        return command

    return given


def scenario_in(given: Mapping[str, object]) -> dict[str, object]:
    """Return what was said of a scenario, by its fields. Raises BadParameter."""
    said = {name: value for name, value in given.items() if value not in (None, [])}
    if "wip_caps" in said:
        said["wip_caps"] = _caps(given["wip_caps"])
    return said


def sweeps_in(words: Sequence[str]) -> dict[str, list[JsonValue]]:
    """Return `field=a,b,c` words as a table; a value that is JSON is taken as that. Raises BadParameter."""
    found: dict[str, list[JsonValue]] = {}
    for word in words:
        field, equals, values = word.partition("=")
        if not (field and equals and values):
            raise typer.BadParameter(f"{word!r} is not of the form field=a,b,c.", param_hint="--sweep")
        if field in found:
            raise typer.BadParameter(f"{field!r} is swept twice.", param_hint="--sweep")
        found[field.replace("-", "_")] = list(map(_value, values.split(",")))
    return found


def _caps(words: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words if isinstance(words, list) else []:
        key, _, most = word.rpartition("=")
        if not key or not most.isdecimal():
            raise typer.BadParameter(f"{word!r} is not of the form KEY=N.", param_hint="--wip-cap")
        if key in found:
            raise typer.BadParameter(f"{key!r} is capped twice.", param_hint="--wip-cap")
        found[key] = int(most)
    return found


def _value(word: str) -> JsonValue:
    try:
        value: JsonValue = from_json(word, allow_inf_nan=False)
    except ValueError:
        return word
    return value
