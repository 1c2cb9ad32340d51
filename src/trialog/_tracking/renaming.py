"""Another name for a run that is in the store."""

from __future__ import annotations

from pathlib import Path

from trialog import _names
from trialog._format.folders import ProjectFolder
from trialog._tracking.earlier import read_starts
from trialog._tracking.sealing import check_unsealed
from trialog._tracking.writers import edit_recorded
from trialog._writing import claims
from trialog._writing import store as stores
from trialog.errors import NotFoundError


def rename_recorded(home: Path, folder: Path, name: object) -> str:
    """Give a run another name; the old one goes on leading to it.

    Args:
        home: the store.
        folder: the run's folder.
        name: what it is to be called.

    Returns:
        The name that it has now: a taken one gets a number.

    Raises:
        InvalidNameError: it cannot be a name.
        NotFoundError: there is no such run.
        SealedError: its experiment is committed.
        StoreError: the store cannot be written.
    """
    wish = _names.normalise(_names.check_name(name, "run"))
    starts = read_starts(folder)
    if not starts:
        raise NotFoundError(f"there is no run in {str(folder)!r}")
    project, run_id = ProjectFolder.of_run(folder), starts[0].run
    check_unsealed(project, starts[-1])  # before a name is claimed
    given = wish
    if claims.claimed_by(project, wish) != run_id:
        try:
            given = claims.claim_name(project, wish, run_id)
        except OSError as error:
            raise stores.unwritable(home, error) from error
    edit_recorded(home, folder, {"name": given})
    return given
