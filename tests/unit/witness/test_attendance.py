"""What the witness attends to: runs that are there."""

from __future__ import annotations

import pytest

import trialog
from trialog._format.facts import Start
from trialog._witness.attendance import Attendance


def test_a_run_that_is_gone_is_not_begun_again(store, journals, tmp_path):
    """A witness that comes late to a store that was moved makes no run in the next one there."""
    with trialog.init("acme", "demo") as run:
        pass
    path = journals.paths()[0]
    assert path.parent.name == run.id
    start = Start.decode(journals.read(path)[0].payload)
    store.rename(tmp_path / "moved")
    with pytest.raises(FileNotFoundError, match="gone"):
        Attendance(start, {"folder": str(path.parent)}, None, None, None)
    assert not store.exists()
