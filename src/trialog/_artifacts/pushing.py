"""Sending an artifact to a registry, and naming it there."""

from __future__ import annotations

from functools import partial

from trialog._artifacts.exchanges import Repositories, Uploads
from trialog._artifacts.forebears import forebears
from trialog._artifacts.keeping import BlobKeeper
from trialog._artifacts.sources import Artifact, repositories_in, repository_of
from trialog._format.folders import StoreFolder
from trialog._oci.progress import Progress
from trialog._oci.references import Reference
from trialog._oci.repositories import Repository
from trialog._oci.transfers import push_artifact
from trialog.errors import NotFoundError, UsageError


def push(
    store: StoreFolder, artifact: Artifact, reference: Reference, progress: Progress | None = None
) -> str:
    """Send what a repository lacks of an artifact, and its manifest last.

    What another repository of the registry has is mounted from there. What was cut goes on where
    it was.

    Args:
        store: remembers what was sent where.
        artifact: the artifact.
        reference: where to; ``latest`` where it says no tag.
        progress: is told of every blob, from several threads.

    Returns:
        The reference that means it for ever: with the digest.

    Raises:
        UsageError: the reference says another digest.
        NotFoundError, IntegrityError: a blob is missing, or other bytes.
        RegistryError: the registry refuses, or cannot be reached for a while.
    """
    if reference.digest not in (None, artifact.digest):
        raise UsageError(
            f"{reference} is another artifact: the experiment is {artifact.digest}; push it to a "
            "tag, as in 'ghcr.io/team/name:v1'"
        )
    target = reference.tag or reference.target
    known = Repositories(store)
    blobs = [blob.digest for blob in artifact.blobs]
    mount_from = known.nearest(reference.registry, reference.repository, blobs)
    repository = repository_of(reference)
    mount_from = mount_from or _own_repository(artifact, reference)
    sending = partial(
        push_artifact,
        repository,
        mount_from=mount_from,
        ledger=Uploads(store),
        progress=progress,
    )
    for each in _missing_forebears(artifact, repository):  # their layers are this one's too
        sending(each.digest, each.data, each.blobs, each.source)
    sending(target, artifact.data, artifact.blobs, artifact.source)
    remember(store, artifact, reference)
    tag = None if target == artifact.digest else target
    return str(reference._replace(tag=tag, digest=artifact.digest))


def tag(artifact: Artifact, reference: Reference) -> str:
    """Give an artifact another name in a repository that has it; nothing else is sent.

    Returns:
        The reference that means it for ever: with the digest.

    Raises:
        UsageError: the reference says no tag, or a digest.
        NotFoundError: the repository does not have it.
        RegistryError: the registry refuses, or cannot be reached.
    """
    if reference.tag is None or reference.digest is not None:
        raise UsageError(f"{reference} says no tag to give, as in '{reference.registry}/name:best'")
    repository = repository_of(reference)
    if repository.find_manifest(artifact.digest, is_for_push=True) is None:
        raise NotFoundError(
            f"{repository.name} does not have the experiment yet ({artifact.digest}): push it"
        )
    repository.put_manifest(reference.tag, artifact.data)
    return str(reference._replace(digest=artifact.digest))


def remember(store: StoreFolder, artifact: Artifact, reference: Reference) -> None:
    """Note that a repository has an artifact, to mount its blobs elsewhere in the registry."""
    path = store.blob(artifact.digest.removeprefix("sha256:"))
    if store.description.exists():
        if not path.exists():
            BlobKeeper(store).keep_bytes(artifact.data, artifact.descriptor)
        Repositories(store).note(f"{reference.registry}/{reference.repository}", artifact.digest)


def _own_repository(artifact: Artifact, reference: Reference) -> str | None:
    """A repository of the same registry that an artifact was loaded from."""
    for repository in repositories_in(artifact.source):
        if repository.host == reference.registry:
            return repository.path
    return None


def _missing_forebears(artifact: Artifact, repository: Repository) -> list[Artifact]:
    """What a fork was forked from, the eldest first, where its repository lacks the fork."""
    if artifact.manifest.subject is None:
        return []
    if repository.find_manifest(artifact.digest, is_for_push=True) is not None:
        return []
    return list(reversed(list(forebears(artifact, are_whole=True))))
