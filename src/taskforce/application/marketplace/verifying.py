"""Verifying what was imported: do the stored bytes come to the hashes that were recorded?"""

from taskforce.core.artifacts import ArtifactDamaged, ArtifactNotFound, ArtifactStore
from taskforce.core.marketplace.collection import StoredFile, blob_sha, digest_of_stored, reference
from taskforce.core.marketplace.model import Item
from taskforce.core.marketplace.ports import CollectionStore
from taskforce.core.marketplace.verified import Difference, Verified


class Verifying:
    """Reads every stored byte again; it changes nothing."""

    def __init__(self, *, collection: CollectionStore, artifacts: ArtifactStore) -> None:
        self._collection = collection
        self._artifacts = artifacts

    async def verified(self, item: Item) -> Verified:
        """Return what the stored files of an item come to."""
        files = await self._collection.files(item)
        looks = [(file, await self._problem(item, file)) for file in files]
        differences = [Difference(path=file.path, problem=problem) for file, problem in looks if problem]
        if len(files) != item.files:
            problem = f"{item.files} files were imported, and {len(files)} are on record"
            differences.append(Difference(path="", problem=problem))
        digest = None if differences else digest_of_stored(files)
        if digest is not None and digest != item.digest:
            differences.append(Difference(path="", problem="its files are not those that its hash is of"))
        return Verified(item=item, found_digest=digest, differences=tuple(differences))

    async def _problem(self, item: Item, file: StoredFile) -> str:
        """Return what is wrong with a file; empty when nothing is."""
        try:
            content = await self._artifacts.read(reference(item, file))
        except ArtifactNotFound:
            return "it is missing"
        except ArtifactDamaged:
            return "its bytes are others than were imported"
        is_same = blob_sha(content) == file.blob_sha
        return "" if is_same else "its bytes are not those that its repository names"
