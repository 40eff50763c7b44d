"""What can go wrong in the marketplace."""

from taskforce.core.errors import FieldError, Invalid, NotFound, Unavailable


class RepositoryRefused(Invalid):
    """An address or a ref of a repository that is not asked for."""

    code = "repository_refused"
    title = "Repository refused"

    def __init__(self, field: str, detail: str) -> None:
        errors = [FieldError(pointer=f"/{field}", code=self.code, detail=detail)]
        super().__init__(f"{field}: {detail}", errors=errors)


class RepositoryNotFound(NotFound):
    """There is no such repository, or none that may be read."""

    code = "repository_not_found"
    title = "Repository not found"


class RefNotFound(NotFound):
    """There is no such branch, tag or commit."""

    code = "ref_not_found"
    title = "Ref not found"

    def __init__(self, url: str, ref: str) -> None:
        super().__init__(f"{url} has no branch, tag or commit {ref}. Name one that is there.")


class SourceUnreachable(Unavailable):
    """A repository that could not be read."""

    code = "source_unreachable"
    title = "Source unreachable"


class RepositoryTooLarge(Invalid):
    """A repository that holds more than is fetched."""

    code = "repository_too_large"
    title = "Repository too large"

    def __init__(self, url: str, most: str) -> None:
        super().__init__(f"{url} holds more than the {most} that are fetched. Choose a smaller repository.")


class TreeTooLarge(Invalid):
    """A tree that cannot be read, or has more entries than are read."""

    code = "tree_too_large"
    title = "Tree too large"


class FileTooLarge(Invalid):
    """A file that is over the limit."""

    code = "file_too_large"
    title = "File too large"

    def __init__(self, path: str, most: str) -> None:
        super().__init__(f"{path} is larger than {most}, the most that is taken of a file.")


class ArtifactTooLarge(Invalid):
    """An artifact that is over a limit."""

    code = "artifact_too_large"
    title = "Artifact too large"

    def __init__(self, path: str, what: str, most: str) -> None:
        super().__init__(f"{path} {what}; the most is {most}. Split it, or leave something out.")


class FolderInvalid(Invalid):
    """A folder that somebody names and that can be none of a repository."""

    code = "invalid_folder"

    def __init__(self, where: str, folder: str, problem: str) -> None:
        super().__init__(
            f"{where}: {folder!r} {problem}. Name a folder from the repository's root, such as tools/skills."
        )


class FrontMatterInvalid(Invalid):
    """Fields of a file that cannot be read; its artifact is judged without them."""

    code = "invalid_front_matter"

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
