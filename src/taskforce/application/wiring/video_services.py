"""The use cases of videos: projects, forks, files."""

from taskforce.application.injection import providers
from taskforce.application.wiring.collection_services import CollectionServices
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.video_programs import VideoPrograms
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.videos.casting import Casting
    from taskforce.application.videos.continuing import Continuing
    from taskforce.application.videos.files import VideoFileService
    from taskforce.application.videos.forks import VideoForkService
    from taskforce.application.videos.intake import VideoIntake
    from taskforce.application.videos.service import VideoService


class VideoServices(CollectionServices):
    """What the doors ask about films."""

    casting = providers.Factory(
        Casting, providers=VideoPrograms.video_providers, assembler=VideoPrograms.video_assembler
    )
    video_intake = providers.Factory(
        VideoIntake,
        desk=KernelParts.desk,
        prices=VideoPrograms.video_providers,
        ids=Ground.ids,
        concurrency=Ground.settings.provided.video_gen_concurrency,
    )
    videos = providers.ThreadSafeSingleton(
        VideoService,
        desk=KernelParts.desk,
        videos=VideoPrograms.video_store,
        casting=casting,
        intake=video_intake,
        continuing=providers.Factory(
            Continuing,
            desk=KernelParts.desk,
            jobs=KernelParts.store,
            videos=VideoPrograms.video_store,
            settling=KernelParts.settling,
        ),
        once=KernelParts.once,
        clock=Ground.clock,
    )
    video_forks = providers.ThreadSafeSingleton(
        VideoForkService,
        videos=VideoPrograms.video_store,
        casting=casting,
        intake=video_intake,
        once=KernelParts.once,
    )
    video_files = providers.ThreadSafeSingleton(
        VideoFileService, videos=VideoPrograms.video_store, artifacts=Ground.artifacts
    )
