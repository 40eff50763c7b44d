"""Who makes a film, and what it is to be: a request, checked against what there is."""

from collections.abc import Iterator

from taskforce.application.videos.schemas import GenerateVideo, GivenModels, VideoEdits
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.videos.forking import Edits, Rewording
from taskforce.core.videos.limits import scene_count
from taskforce.core.videos.model import ModelChoice, Role, Wish
from taskforce.core.videos.ports import Assembler, VideoProviders

_LONGEST_NAME = 80


class Casting:
    """Chooses who makes a film."""

    def __init__(self, *, providers: VideoProviders, assembler: Assembler) -> None:
        self._providers = providers
        self._assembler = assembler

    def chosen(self, given: GivenModels, *, otherwise: ModelChoice | None = None) -> ModelChoice:
        """Return who makes it: who was named, else who did before, else the default.

        Raises Invalid for a name that is unknown, ProviderNotReady, ExtraMissing.
        """
        problems = tuple(self._problems(given))
        if problems:
            told = "; ".join(f"{problem.pointer}: {problem.detail}" for problem in problems)
            raise Invalid(f"The request is not right. {told}", errors=problems)
        names = {role: self._name(role, given, otherwise) for role in Role}
        self._assembler.check()
        self._providers.script_writer(names[Role.SCRIPT])
        self._providers.frame_renderer(names[Role.FRAMES])
        self._providers.clip_renderer(names[Role.CLIPS])
        return ModelChoice(**{role.value: name for role, name in names.items()})

    def _name(self, role: Role, given: GivenModels, otherwise: ModelChoice | None) -> str:
        default = self._providers.names(role)[0] if otherwise is None else otherwise.of(role)
        return given.of(role) or default

    def _problems(self, given: GivenModels) -> Iterator[FieldError]:
        for role in Role:
            name, known = given.of(role), self._providers.names(role)
            if name is not None and name not in known:
                detail = f"must be one of {', '.join(known)}"
                yield FieldError(pointer=f"/models/{role.value}", code="unknown_model", detail=detail)


def wish_of(request: GenerateVideo, models: ModelChoice) -> Wish:
    """Return what a request asks for."""
    return Wish(
        prompt=request.prompt,
        style=request.style,
        aspect_ratio=request.aspect_ratio,
        clip_duration=request.clip_duration,
        total_duration=request.seconds,
        scene_count=scene_count(request.seconds, request.clip_duration),
        transition=request.transition,
        audio=request.audio,
        seed=request.seed,
        models=models,
    )


def title_of(request: GenerateVideo) -> str:
    """Return what a film is called: as it was asked, else by the prompt's beginning."""
    if request.title is not None:
        return request.title
    line = " ".join(request.prompt.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"


def edits_of(request: VideoEdits) -> Edits:
    """Return what is to be otherwise. Raises Invalid when a scene is edited twice."""
    indices = [edit.scene_index for edit in request.scenes]
    if len(set(indices)) < len(indices):
        problem = FieldError(pointer="/scenes", code="scene_twice", detail="name each scene once")
        raise Invalid(f"The request is not right. /scenes: {problem.detail}", errors=[problem])
    return Edits(
        style=request.style,
        total_duration=request.total_duration,
        transition=request.transition,
        audio=request.audio,
        rewordings={
            edit.scene_index: Rewording(**edit.model_dump(exclude={"scene_index"})) for edit in request.scenes
        },
        deleted=frozenset(request.delete_scenes),
        cleared=frozenset(request.clear_keyframes),
    )
