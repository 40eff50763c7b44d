"""How films are made: the stores of video projects, who makes them, the program."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.marketplace_programs import MarketplacePrograms
from taskforce.application.wiring.mission_programs import MissionPrograms
from taskforce.on_demand import on_demand
from taskforce.settings import model_access

with on_demand(__name__):
    from taskforce.application.videos.program import VideoProgram
    from taskforce.application.videos.retrying import VideoRetries
    from taskforce.application.wiring.video_storytellers import MissionStorytellers
    from taskforce.core.videos.model import ModelChoice
    from taskforce.infrastructure.network.addresses import AddressRules
    from taskforce.infrastructure.processes.computing import Computing, cores
    from taskforce.infrastructure.videos.av_assembler import AvAssembler, AvMediaReader
    from taskforce.infrastructure.videos.known_providers import KnownProviders
    from taskforce.infrastructure.videos.sql import SqlVideoStore
    from taskforce.infrastructure.videos.workshop import Workshop


class VideoPrograms(MarketplacePrograms):
    """What plays films."""

    video_store = providers.ThreadSafeSingleton(SqlVideoStore, Ground.database)
    video_retries = providers.ThreadSafeSingleton(VideoRetries, video_store)
    encoding = providers.ThreadSafeSingleton(Computing, processes=providers.Callable(cores))
    """Others than those that simulate: a clip takes seconds, and nobody's run waits for it."""
    workshop = providers.ThreadSafeSingleton(Workshop, encoding)
    video_providers = providers.ThreadSafeSingleton(
        KnownProviders,
        workshop,
        storytellers=providers.ThreadSafeSingleton(
            MissionStorytellers, MissionPrograms.models, setting=Ground.settings.provided.model
        ),
        access=providers.Callable(model_access),
        defaults=providers.Factory(
            ModelChoice,
            script=Ground.settings.provided.video_script,
            frames=Ground.settings.provided.video_frames,
            clips=Ground.settings.provided.video_clips,
        ),
        rules=providers.Callable(AddressRules, Ground.settings.provided.private_networks),
        clock=Ground.clock,
    )
    video_reader = providers.ThreadSafeSingleton(AvMediaReader, workshop)
    video_assembler = providers.ThreadSafeSingleton(AvAssembler, workshop, Ground.artifacts)
    video_program = providers.ThreadSafeSingleton(
        VideoProgram,
        artifacts=Ground.artifacts,
        providers=video_providers,
        reader=video_reader,
        assembler=video_assembler,
    )
