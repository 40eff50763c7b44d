"""Each safeguard of the kernel, taken out, is missed at once, by the simulation and by the machine."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.proof.books import Books, MemoryBooks, SqlBooks
from tests.integration.proof.machine import machine_on
from tests.integration.proof.mutants import SIMULATED
from tests.integration.proof.rules import MUTANTS
from tests.integration.proof.simulation import simulate

REASONS = {
    "no fence": ("key_used_twice", "steps twice", "begun again", "an ended job changed"),
    "no reclaim": ("jobs are lost",),
    "early steal": ("a live lease was stolen",),
    "due by one clock": ("is not due by every clock",),
    "told before it is durable": (
        "begun again",
        "done once and was done twice",
        "was answered 2 times",
        "not stored",
        "steps of",
        "two owners",
    ),
    "no unique step key": ("steps twice",),
}
"""What may be found first where a safeguard is missing; anything else would be a fault of the mutant."""

MOST_SEEDS = 100
FINDING = settings(
    max_examples=1_000,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.mark.parametrize("missing", SIMULATED)
def test_the_simulation_catches_a_kernel_with(missing: str) -> None:
    histories = (simulate(seed, SIMULATED[missing]) for seed in range(MOST_SEEDS))
    bad = next((history for history in histories if history.findings), None)
    assert bad is not None, f"{MOST_SEEDS} histories are good without it"
    assert any(reason in bad.findings[0] for reason in REASONS[missing]), bad.findings


@pytest.mark.parametrize("books", [MemoryBooks, SqlBooks])
@pytest.mark.parametrize("missing", MUTANTS)
def test_the_stateful_machine_catches_a_kernel_with(missing: str, books: type[Books]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_on(books, MUTANTS[missing]), settings=FINDING)
