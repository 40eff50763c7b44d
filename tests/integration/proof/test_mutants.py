"""Each safeguard of the kernel, taken out, is missed at once: by the simulation and by the stateful machine."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.proof.books import Books, MemoryBooks, SqlBooks
from tests.integration.proof.machine import KernelMachine
from tests.integration.proof.mutants import SIMULATED
from tests.integration.proof.rules import MUTANTS, Rules
from tests.integration.proof.simulation import simulate

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
    bad = next((seed for seed in range(MOST_SEEDS) if simulate(seed, SIMULATED[missing]).findings), None)
    assert bad is not None, f"{MOST_SEEDS} histories are good without it"


@pytest.mark.parametrize("books", [MemoryBooks, SqlBooks])
@pytest.mark.parametrize("missing", MUTANTS)
def test_the_stateful_machine_catches_a_kernel_with(missing: str, books: type[Books]) -> None:
    rules: Rules = MUTANTS[missing]()
    with pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: KernelMachine(books(), rules), settings=FINDING)
