"""The time that each part of a pipeline has when nothing is said, by the contract."""

from datetime import timedelta

from taskforce.application.pipelines import deployment_program, program, release_program
from taskforce.core.pipelines.config import PhaseConfig, StepConfig

MINUTE = timedelta(minutes=1)


def test_what_is_said_nowhere_is_as_the_contract_says() -> None:
    assert program.DISCOVERY_TIMEOUT == 10 * MINUTE
    assert PhaseConfig().timeout == 30 * MINUTE
    assert StepConfig.model_validate({"name": "a", "run": "a"}).timeout is None, "as long as its phase"
    assert release_program.TIMEOUT == 15 * MINUTE
    assert deployment_program.TIMEOUT == 10 * MINUTE
