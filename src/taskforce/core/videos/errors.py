"""What can go wrong with videos."""

from typing import Self

from taskforce.core.errors import Conflict, Invalid, NotFound, TaskforceError, Unavailable


class VideoNotFound(NotFound):
    """No video project of this id in this project."""

    def __init__(self, video_id: str) -> None:
        super().__init__(f"There is no video project {video_id} here. List those that there are.")


class SceneNotFound(NotFound):
    """A video project has no such scene."""

    def __init__(self, video_id: str, scene: int) -> None:
        super().__init__(f"Video project {video_id} has no scene {scene}. They count from 0.")


class MediaNotFound(NotFound):
    """A picture, a clip or a film that is not made."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what} yet. Look at the project's status.")


class VideoUnderWay(Conflict):
    """A project that is being worked at."""

    code = "video_under_way"
    title = "Video under way"

    def __init__(self, video_id: str, status: str) -> None:
        super().__init__(f"Video project {video_id} is {status}. Wait for its end, or stop it first.")


class VideoComplete(Conflict):
    """A project that has its film."""

    code = "video_complete"
    title = "Video complete"

    def __init__(self, video_id: str) -> None:
        super().__init__(
            f"Video project {video_id} is complete. Download it, or fork it to change something."
        )


class VideoContinued(Conflict):
    """A try at a film that another one has gone on from."""

    code = "video_continued"
    title = "Video continued"

    def __init__(self, video_id: str) -> None:
        super().__init__(
            f"Another job has gone on with video project {video_id} since. Go on from there: "
            f"`taskforce videos resume {video_id}`."
        )


class VideoNotUnderWay(Conflict):
    """A project that cannot be stopped, for nobody works at it."""

    code = "video_not_under_way"
    title = "Video not under way"

    def __init__(self, video_id: str, status: str) -> None:
        super().__init__(f"Video project {video_id} is {status}: there is nothing to stop.")


class VideoNotComplete(Conflict):
    """A project that has no film yet."""

    code = "video_not_complete"
    title = "Video not complete"

    def __init__(self, video_id: str, status: str) -> None:
        super().__init__(f"Video project {video_id} is {status}. Its film is there once it is complete.")


class StoryboardMalformed(TaskforceError):
    """An answer that is no storyboard."""

    code = "storyboard_malformed"
    title = "Storyboard malformed"


class ContentRefused(TaskforceError):
    """A provider's rules are against what it was asked for."""

    code = "content_filtered"
    title = "Content filtered"


class ProviderFailed(TaskforceError):
    """A provider that no further try can mend: a wrong key, a request it does not take, a broken answer."""

    code = "provider_failed"
    title = "Provider failed"


class MediaBroken(TaskforceError):
    """A picture or a clip that cannot be read, or is larger than it may be."""

    code = "media_broken"
    title = "Media broken"

    def __init__(self, what: str, reason: str) -> None:
        self.what = what
        self.reason = reason
        super().__init__(f"The {what} is broken: {reason}. Resume to have it made again.")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Cross from the process that reads as what it is."""
        return type(self), (self.what, self.reason)


class ProviderNotReady(Invalid):
    """A provider whose key or library is missing."""

    code = "provider_not_ready"
    title = "Provider not ready"

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"{name} cannot be used here. {remedy}")


class ExtraMissing(Unavailable):
    """What draws, prints or encodes is not installed."""

    code = "extra_missing"
    title = "Not installed"

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__(f"{purpose} need the extra videos. Run: pip install 'taskforce[videos]'")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Cross from the process that encodes as what it is."""
        return type(self), (self.purpose,)


class ComputationLost(TaskforceError):
    """Processes that compute died one after the other, so trying again does not help."""

    code = "computation_lost"
    title = "Computation lost"

    def __init__(self, deaths: int) -> None:
        super().__init__(
            f"{deaths} processes that encoded were killed one after the other, as happens when memory runs "
            "out. Make less at once, or give the machine more, and resume."
        )
