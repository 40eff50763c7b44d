"""What can go wrong with pipelines and with what they deliver."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from taskforce.core.errors import Conflict, Exhausted, FieldError, Forbidden, Invalid, NotFound, Unavailable

_SHOWN = 10
"""Problems of a configuration that its message tells; the others are in `errors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """A wrong place of a configuration: the file, line and column (from 1), and what would be right."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return it as compilers do."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigInvalid(Invalid):
    """A configuration that cannot be played; all its problems at once."""

    code = "config_invalid"
    title = "Invalid configuration"

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        errors = [
            FieldError(
                pointer=f"/{problem.file}",
                code="config_invalid",
                detail=f"line {problem.line}, column {problem.column}: {problem.message}",
            )
            for problem in problems
        ]
        shown = [str(problem) for problem in problems[:_SHOWN]]
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        super().__init__("; ".join([*shown, *more]), errors=errors)


class RunNotFound(NotFound):
    """No run of this id in this project."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id} here. List the runs of its repository.")


class LogNotFound(NotFound):
    """No log under this key, or none any more."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"There is no log {key} here: the step has stored none, or the days that logs are kept are over "
            "(retention_environment, retention_log_days)."
        )


class RunUnderWay(Conflict):
    """A run of the same commit by the same trigger is not over."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(
            f"Run {run_id} of this commit by this trigger is not over. Watch it, or cancel it first.",
            details={"run_id": run_id},
        )


class FolderNotAllowed(Forbidden):
    """A working folder, named by somebody who does not sit at this machine."""

    code = "folder_not_allowed"
    title = "Folder not allowed"

    def __init__(self) -> None:
        super().__init__(
            "A folder of this machine is run by who sits at it, not with a key or token. Name a repository "
            "instead, or have request_paths set there."
        )


class TooManyRuns(Exhausted):
    """A repository has as many unfinished runs as it may."""

    code = "too_many_runs"
    title = "Too many runs"

    def __init__(self, repository: str, most: int) -> None:
        super().__init__(
            f"{repository} has {most} runs that are not over, which is the most. Try again when one is.",
            retry_after=timedelta(seconds=30),
            details={"unfinished": most},
        )


class RunIsOver(Conflict):
    """A run that has ended cannot be cancelled."""

    def __init__(self, run_id: str, status: str) -> None:
        super().__init__(f"Run {run_id} has ended with {status}. Start a new one to try again.")


class WorkNotFound(NotFound):
    """No task or step of this id in this project."""

    def __init__(self, what: str, work_id: str) -> None:
        super().__init__(f"There is no {what} {work_id} here.")


class StatusRefused(Conflict):
    """A word that does not follow the one before, or that is not the caller's to say."""

    code = "status_refused"
    title = "Status refused"


class SecretUnfit(Invalid):
    """A secret that could not be masked, so that no step is given it."""

    code = "secret_unfit"
    title = "Secret unfit"

    def __init__(self, name: str, *, shortest: int, longest: int) -> None:
        super().__init__(
            f"The secret {name} must have {shortest} to {longest} characters, white space around them aside: "
            "a shorter one cannot be masked, for it would stand in ordinary words. Give it a longer value, "
            "or hand it over in env if it is no secret."
        )


class RepositoryUnreachable(Unavailable):
    """A repository that could not be read."""

    code = "repository_unreachable"
    title = "Repository unreachable"


class LogNotPut(Invalid):
    """A report names the place where a log may be put, and there is none that can be taken."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"logs_s3_key cannot be taken. {detail}",
            errors=[FieldError(pointer="/logs_s3_key", code="not_put", detail=detail)],
        )


class AddressOver(Forbidden):
    """A signed address that is over, or was not made here."""

    code = "address_over"
    title = "Address over"

    def __init__(self) -> None:
        super().__init__("This address is over, or is not one of ours. Look at the run again for a new one.")


class CommitNotFound(Invalid):
    """A commit that the repository does not hold."""

    code = "commit_not_found"
    title = "Commit not found"

    def __init__(self, repository: str, commit: str) -> None:
        super().__init__(f"{repository} has no commit {commit}. Push it first, or name another.")


class ReleaseNotFound(NotFound):
    """No release by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no release {name} here. List those of its project.")


class ReleaseExists(Conflict):
    """This commit of this product is released already."""

    def __init__(self, release_id: str) -> None:
        super().__init__(
            f"This commit is released already, as {release_id}. A release never changes.",
            details={"release_id": release_id},
        )


class CommitAmbiguous(Conflict):
    """The beginning of several commits."""

    code = "commit_ambiguous"
    title = "Commit ambiguous"

    def __init__(self, start: str, candidates: Sequence[str]) -> None:
        super().__init__(
            f"Commits that begin with {start} have several releases: {', '.join(candidates)}. Say more.",
            details={"candidates": list(candidates)},
        )


class AliasTaken(Conflict):
    """A name that is no custom one's to take."""

    code = "alias_taken"
    title = "Alias taken"


class ReleaseFailed(Unavailable):
    """A release that could not be made."""

    code = "release_failed"
    title = "Release failed"


class DeploymentNotFound(NotFound):
    """No deployment of this id in this project."""

    def __init__(self, deployment_id: str) -> None:
        super().__init__(f"There is no deployment {deployment_id} here. Look at the history of its place.")


class NothingDeployed(NotFound):
    """No deployment is active at a place."""

    def __init__(self, repository: str, name: str, environment: str) -> None:
        super().__init__(f"Nothing of {repository}/{name} is deployed to {environment}. Deploy a release.")


class TooManyDeployments(Exhausted):
    """As many deployments are under way as may be, in all environments together."""

    code = "too_many_deployments"
    title = "Too many deployments"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} deployments are under way, which is the most. Try again when one is over.",
            retry_after=timedelta(seconds=10),
            details={"unfinished": most},
        )


class ApprovalMissing(Invalid):
    """Production wants an approval."""

    code = "approval_missing"
    title = "Approval missing"

    def __init__(self) -> None:
        super().__init__("A deployment to production needs approval_id. Ask for one: POST /v1/approvals.")


class ApprovalNotFound(NotFound):
    """No approval of this id in this project."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"There is no approval {approval_id} here. Look at the release's.")


class NotApproved(NotFound):
    """Nobody ever approved a release for an environment."""

    def __init__(self, release: str, environment: str) -> None:
        super().__init__(f"Release {release} has no approval for {environment}. Ask for one.")


class ApprovalSpent(Conflict):
    """An approval that is expired, revoked, or for something else."""

    code = "approval_spent"
    title = "Approval does not count"


class ApprovalExists(Conflict):
    """An active approval for the same release and environment."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(
            f"Approval {approval_id} is active for this release and environment. Revoke it first.",
            details={"approval_id": approval_id},
        )


class OwnApproval(Forbidden):
    """Nobody approves what they deploy themselves."""

    code = "own_approval"
    title = "Own approval"

    def __init__(self) -> None:
        super().__init__("Who deploys may not be the one who approved. Ask somebody else for the approval.")


class PushRefused(Unavailable):
    """The GitOps repository did not take a commit."""

    code = "push_refused"
    title = "Push refused"


class GitOpsUnreachable(Unavailable):
    """The GitOps repository could not be asked, or others were always faster."""

    code = "gitops_unreachable"
    title = "GitOps repository unreachable"


class RegistryUnreachable(Unavailable):
    """The registry of releases did not take an artifact."""

    code = "registry_unreachable"
    title = "Registry unreachable"
