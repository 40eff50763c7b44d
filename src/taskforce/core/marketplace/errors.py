"""What the marketplace refuses."""

from taskforce.core.errors import Invalid


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
