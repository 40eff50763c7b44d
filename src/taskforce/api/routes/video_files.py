"""What video projects have made: the film, and the pictures and clips of its scenes."""

from fastapi import APIRouter, Request, Response

from taskforce.api.dependencies import Files, Who
from taskforce.api.document.files import PARTLY, file_answers
from taskforce.api.document.headers import taking
from taskforce.api.download import Attachment, Download
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id
from taskforce.application.videos.files import VideoFile, VideoFileService
from taskforce.application.videos.schemas import SCENE, GetSceneClip, GetSceneMedia, GetVideo, Picture
from taskforce.core.artifacts import ArtifactDamaged, ArtifactNotFound
from taskforce.core.videos.errors import MediaNotFound, SceneNotFound, VideoNotComplete, VideoNotFound

router = APIRouter(prefix="/api/projects/{video_id}", route_class=StrictRoute, tags=["videos"])
FILE = (VideoNotFound, ArtifactNotFound, ArtifactDamaged, 416)
OF_SCENE = (*FILE, SceneNotFound, MediaNotFound)


class FilmDownload(Download):
    """A film or a clip."""

    media_type = "video/mp4"


class PictureDownload(Download):
    """A picture."""

    media_type = "image/png"


FILM_ANSWERS = file_answers(FilmDownload.media_type)
PICTURE_ANSWERS = file_answers(PictureDownload.media_type)


@router.get(
    "/download",
    status_code=200,
    response_class=FilmDownload,
    **use_case(VideoFileService.download, *FILE, VideoNotComplete, responses=FILM_ANSWERS),
    **taking(*PARTLY),
)
async def download(video_id: Id, who: Who, files: Files, request: Request) -> Response:
    """409 until it is complete. Repr-Digest is the SHA-256; Range takes a part."""
    return _answered(await files.download(who, checked(GetVideo, video_id=video_id)), request)


@router.get(
    "/scenes/{scene_index}/clip",
    status_code=200,
    response_class=FilmDownload,
    **use_case(VideoFileService.clip, *OF_SCENE, responses=FILM_ANSWERS),
    **taking(*PARTLY),
)
async def clip(video_id: Id, scene_index: SCENE, who: Who, files: Files, request: Request) -> Response:
    """Scenes count from 0. It may be longer than it is in the film, or shorter than it was ordered."""
    asked = checked(GetSceneClip, video_id=video_id, scene_index=scene_index)
    return _answered(await files.clip(who, asked), request)


@router.get(
    "/scenes/{scene_index}/{part}",
    status_code=200,
    response_class=PictureDownload,
    **use_case(VideoFileService.picture, *OF_SCENE, responses=PICTURE_ANSWERS),
    **taking(*PARTLY),
)
async def picture(
    video_id: Id, scene_index: SCENE, part: Picture, *, who: Who, files: Files, request: Request
) -> Response:
    """Scenes count from 0, and each begins with the picture that the one before it ends with."""
    asked = checked(GetSceneMedia, video_id=video_id, scene_index=scene_index, part=part)
    return _answered(await files.picture(who, asked), request)


def _answered(file: VideoFile, request: Request) -> Response:
    told = {"media_type": file.media_type, "sha256": file.sha256}
    attachment = Attachment(name=file.name, size=file.size, is_fixed=False, **told)
    return Download(attachment, file.content, request)
