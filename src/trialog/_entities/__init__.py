"""The things trialog speaks of, as plain values: statuses, and who and where a run belongs to.

Pure: no I/O, no clock. Start reading at ``status.py``.
"""

from trialog._entities.owners import RunOrg, RunProject, RunUser
from trialog._entities.status import ENDED, OPENABLE, RunStatus

__all__ = ["ENDED", "OPENABLE", "RunOrg", "RunProject", "RunStatus", "RunUser"]
