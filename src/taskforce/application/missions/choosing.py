"""Which model a mission runs with: request, then profile, then setting, then what is found here."""

from taskforce.core.missions.ports import ModelSource
from taskforce.core.missions.profile import ModelSettings, Profile
from taskforce.core.missions.routing import FROM_PROFILE, FROM_REQUEST, FROM_SETTINGS, ChosenModel, Role
from taskforce.core.missions.task import MissionTask


class ModelChooser:
    """Settles the models when a mission is accepted, by names that hold in every process."""

    def __init__(self, *, models: ModelSource, setting: str | None) -> None:
        self._models = models
        self._setting = setting

    async def chosen(self, asked: str | None, profile: Profile) -> ChosenModel:
        """Return the model to run with. Raises ModelNotFound, ModelNotReady."""
        settings = profile.model_settings
        if asked is not None:
            return ChosenModel(name=self.asked_for(asked, profile), chosen_by=FROM_REQUEST)
        if profile.model is not None:
            return self.of_profile(profile.model, profile)
        return await self.default(settings)

    def of_profile(self, name: str, profile: Profile) -> ChosenModel:
        """Return the model that a profile names. Raises ModelNotFound, ModelNotReady."""
        return ChosenModel(name=self._pinned(name, profile), chosen_by=FROM_PROFILE)

    async def default(self, settings: ModelSettings) -> ChosenModel:
        """Return the model of missions that name none."""
        if self._setting is not None:
            name = self._models.pinned(self._setting, settings, is_trusted=True)
            return ChosenModel(name=name, chosen_by=FROM_SETTINGS)
        return await self._models.found()

    def asked_for(self, name: str, profile: Profile) -> str:
        """Return the model that a request names. Raises ModelNotFound, ModelNotReady."""
        return self._models.pinned(name, profile.model_settings, is_trusted=False)

    def settled(self, profile: Profile, *, is_asked_for: bool) -> Profile:
        """Return the profile as it is played. Who names a model gets that one, and no other stands in.

        Raises ModelNotFound, ModelNotReady.
        """
        if is_asked_for:
            return profile.model_copy(update={"roles": {}, "fallbacks": ()})
        if not profile.roles and not profile.fallbacks:
            return profile
        roles = {role: self._pinned(name, profile) for role, name in profile.roles.items()}
        fallbacks = tuple(self._pinned(name, profile) for name in profile.fallbacks)
        return profile.model_copy(update={"roles": roles, "fallbacks": fallbacks})

    def within_windows(self, task: MissionTask) -> MissionTask:
        """Return the task with the smallest window of the models that it may ask."""
        if task.profile.context.tokens is not None:
            return task
        names = dict.fromkeys(name for role in Role for name in task.models(role))
        known = [window for window in map(self._models.window, names) if window is not None]
        return task.model_copy(update={"window": min(known, default=None)})

    def _pinned(self, name: str, profile: Profile) -> str:
        return self._models.pinned(name, profile.model_settings, is_trusted=True)
