"""The action `scenario`: where pipelines meet scenarios, since neither knows the other."""

from typing import ClassVar

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.schemas import SimulateInStep
from taskforce.application.scenarios.step_plants import StepPlants
from taskforce.core.pipelines.actions import ActionWork, AskedAction, StepAction
from taskforce.core.principals import Credential, Principal
from taskforce.core.scenarios.kinds import SCENARIO
from taskforce.core.scenarios.task import GivenPlant, RunTask

_PLANTS = ("plant", "snapshot")


class ScenarioAction(StepAction):
    """Simulates a scenario on a plant; `with` takes the plant and the scenario's fields, side by side."""

    name: ClassVar[str] = SCENARIO

    def __init__(self, plants: StepPlants) -> None:
        self._plants = plants

    async def prepare(self, asked: AskedAction) -> ActionWork:
        plant = {name: word for name, word in asked.arguments.items() if name in _PLANTS}
        scenario = {name: word for name, word in asked.arguments.items() if name not in _PLANTS}
        request = checked(SimulateInStep, **plant, scenario=scenario)
        task = RunTask(plant=await self._plant(asked, request), scenario=request.scenario)
        return ActionWork(kind=SCENARIO, input=task.model_dump(mode="json"))

    async def _plant(self, asked: AskedAction, request: SimulateInStep) -> GivenPlant:
        scenarios = [request.scenario]
        if request.plant is None:
            asker = Principal(name=asked.created_by, project=asked.project, credential=Credential.KEY)
            return await self._plants.newest(asker, scenarios)
        place = asked.folder / request.plant
        return await self._plants.in_folder(place, scenarios, within=asked.folder, project=asked.project)
