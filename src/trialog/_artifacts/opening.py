"""From a path or a reference to the experiment that is there, ours or OMMX's."""

from __future__ import annotations

import os
from pathlib import Path

from trialog._artifacts.loading import Loaded, read_artifact
from trialog._artifacts.ommx import is_ommx
from trialog._artifacts.ommx_loading import LoadedOmmx
from trialog._artifacts.sources import find_archived, find_in_registry
from trialog._oci.references import Reference


def load(
    what: str | os.PathLike[str] | Reference, store: Path, *, named: str | None = None
) -> Loaded | LoadedOmmx:
    """The experiment in an archive, in the folder of a layout, or behind a reference.

    Args:
        what: a path, or a reference.
        store: the store that it is brought into once more of it is asked for.
        named: which one, of an archive that holds several.

    Raises:
        MissingFileError: there is no such file.
        UsageError: what is there is no experiment.
        NotFoundError: the registry or the archive has none of that name.
        IntegrityError: it is damaged.
        RegistryError: the registry refuses, or cannot be reached.
    """
    if isinstance(what, Reference):
        artifact = find_in_registry(what)
    else:
        artifact = find_archived(Path(what), named)
    if is_ommx(artifact.manifest):
        return LoadedOmmx(artifact, store)
    return read_artifact(artifact, store)
