"""What can go wrong in the marketplace."""

from datetime import timedelta
from math import ceil

from taskforce.core.errors import (
    Conflict,
    Exhausted,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
)


class RepositoryRefused(Invalid):
    """An address or a ref of a repository that is not asked for."""

    code = "repository_refused"
    title = "Repository refused"

    def __init__(self, field: str, detail: str) -> None:
        errors = [FieldError(pointer=f"/{field}", code=self.code, detail=detail)]
        super().__init__(f"{field}: {detail}", errors=errors)
        self.field = field
        self.detail = detail


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


class RhythmInvalid(Invalid):
    """A text that tells no rhythm."""

    code = "invalid_rhythm"

    def __init__(self, detail: str) -> None:
        errors = [FieldError(pointer="/rescan_interval", code=self.code, detail=detail)]
        super().__init__(f"rescan_interval: {detail}", errors=errors)


class SourceNotFound(NotFound):
    """There is no such source, or none that the principal may see."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"There is no source {source} in this project. `taskforce marketplace sources list` shows them."
        )


class SourceExists(Conflict):
    """The project has a source of this repository and branch."""

    code = "source_exists"
    title = "Source exists"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"This project has that repository and branch as source {source}. Rescan that one, or name "
            "another branch.",
            details={"source_id": source},
        )


class SourceForeign(Forbidden):
    """A source that may be seen, and belongs to another project."""

    code = "source_is_foreign"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"Source {source} belongs to another project. Add its repository to this one to work with it."
        )


class ScanRunning(Conflict):
    """A source that is scanned now."""

    code = "scan_running"
    title = "Scan running"

    def __init__(self, source: str) -> None:
        super().__init__(f"Source {source} is being scanned. Wait until its status says otherwise.")


class RescanTooSoon(Exhausted):
    """A source that was scanned a short while ago."""

    code = "rescan_too_soon"
    title = "Scanned a moment ago"

    def __init__(self, source: str, *, retry_after: timedelta) -> None:
        seconds = ceil(retry_after.total_seconds())
        super().__init__(
            f"Source {source} is scanned once in five minutes. Ask again in {seconds} s, or have an admin "
            "force it.",
            retry_after=retry_after,
        )


class ScanOutdated(Conflict):
    """A scan that cannot be tried again, since it would not tell how its source is now."""

    code = "scan_outdated"
    title = "Scan outdated"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"The source was changed or scanned since, or its scan did not fail. Scan it anew: `taskforce "
            f"marketplace sources rescan {source}`."
        )


class RescanNotDue(Conflict):
    """A source whose time to be scanned by itself is not now."""

    def __init__(self, source: str) -> None:
        super().__init__(f"Source {source} is not due. Somebody else may have seen to it.")


class EntryNotFound(NotFound):
    """The source has no such entry."""

    def __init__(self, entry: str) -> None:
        super().__init__(
            f"The source has no artifact {entry}. `taskforce marketplace artifacts` shows what it has."
        )


class EntryRemoved(Conflict):
    """An entry that is not in its repository any more."""

    code = "entry_removed"
    title = "Artifact removed"

    def __init__(self, entry: str, path: str) -> None:
        super().__init__(
            f"{path} ({entry}) is not in its repository any more. Rescan the source if it is back there."
        )


class EntryChanged(Conflict):
    """An entry whose repository holds other content than the catalogue says."""

    code = "entry_changed"
    title = "Artifact changed"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not any more what the scan found. Rescan the source, then try again.")


class EntryFileNotFound(NotFound):
    """An entry has no such file."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The artifact has no file {path}. Its `files` are what it has.")


class EntryExcluded(Conflict):
    """An entry that was left out of what is offered."""

    code = "entry_excluded"
    title = "Artifact excluded"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is excluded. Include it to import it.")


class ItemNotFound(NotFound):
    """The project's collection has no such item."""

    def __init__(self, item: str) -> None:
        super().__init__(
            f"There is no artifact {item} in this project's collection. "
            "`taskforce marketplace collection list` shows what it has."
        )


class NameTaken(Conflict):
    """The project's collection has an artifact of this type and name."""

    code = "name_taken"
    title = "Name taken"

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(
            f"The collection has {name} as {holder}. Skip it, rename it, or take its place.",
            details={"existing_id": holder},
        )


class TakingLost(Unavailable):
    """An import that took so long that its files were cleared as left over."""

    code = "import_lost"
    title = "Import lost"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} took too long to import, and what was copied is cleared. Import it again.")


class CopyWrong(Unavailable):
    """A file whose bytes are not those that its repository names."""

    code = "copy_wrong"
    title = "Copy wrong"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} came with other bytes than its repository names. Import it again.")
