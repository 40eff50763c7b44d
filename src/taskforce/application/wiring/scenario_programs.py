"""How scenarios are simulated: the stores of plants, the processes that compute, the programs."""

from taskforce import __version__
from taskforce.application.injection import providers
from taskforce.application.wiring.delivery_programs import DeliveryPrograms
from taskforce.application.wiring.ground import Ground
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.scenarios.debrief_program import DebriefProgram
    from taskforce.application.scenarios.experiment_program import ExperimentProgram
    from taskforce.application.scenarios.program import ScenarioProgram
    from taskforce.infrastructure.processes.computing import Computing, cores
    from taskforce.infrastructure.scenarios.computed import ComputedEvaluator, ComputedSimulator


class ScenarioPrograms(DeliveryPrograms):
    """What plays scenarios, experiments and debriefs."""

    computing = providers.ThreadSafeSingleton(Computing, processes=providers.Callable(cores))
    """A process a core: more would only wait for each other."""
    evaluating = providers.ThreadSafeSingleton(Computing, processes=providers.Callable(cores))
    """Others for what takes seconds: a debrief that somebody waits for must not queue behind simulations."""
    simulator = providers.ThreadSafeSingleton(ComputedSimulator, computing, Ground.clock)
    evaluator = providers.ThreadSafeSingleton(
        ComputedEvaluator, evaluating, version=providers.Object(__version__)
    )
    scenario_program = providers.ThreadSafeSingleton(
        ScenarioProgram,
        artifacts=Ground.artifacts,
        simulator=simulator,
        evaluator=evaluator,
    )
    experiment_program = providers.ThreadSafeSingleton(ExperimentProgram)
    debrief_program = providers.ThreadSafeSingleton(DebriefProgram, evaluator)
