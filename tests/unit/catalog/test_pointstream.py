"""The points of a long series in pieces: the same as those of all at once."""

from __future__ import annotations

import numpy as np
import pytest

import trialog
from trialog._catalog.pointstream import stream_points
from trialog._catalog.seriesversions import keys_of_ids
from trialog._filters import RunFilter
from trialog._reading.catalogs import catalog_of


def _log(attempts, until):
    run_id = None
    for number in range(attempts):
        with trialog.init("acme", "demo", resume=run_id) as run:
            for step in range(number * 100, until):
                run.log({"loss": step + number / 2, "other": 1}, step=step)
            run_id = run.id
    return run_id


def _both(store, run_id, monkeypatch):
    """All points at once, and the pieces."""
    catalog = catalog_of(store)
    catalog.refresh()
    (key,) = catalog.ask(keys_of_ids, [run_id], RunFilter())
    ((_, whole),) = list(catalog.points([key], ["loss"]))
    monkeypatch.setattr("trialog._catalog.pointstream._ROWS_AT_ONCE", 64)
    return whole["loss"], list(stream_points(catalog, key, "loss")), catalog, key


@pytest.mark.parametrize("attempts", [1, 2])
@pytest.mark.parametrize("is_compacted", [False, True])
def test_pieces_make_the_whole(store, monkeypatch, attempts, is_compacted):
    """From journals and from segments; what a later attempt replaced is left out."""
    run_id = _log(attempts, 300)
    if is_compacted:
        catalog = catalog_of(store)
        catalog.refresh()
        catalog.compact(catalog.ask(keys_of_ids, [run_id], RunFilter()))
    whole, pieces, _, _ = _both(store, run_id, monkeypatch)
    if is_compacted and attempts == 1:
        assert [len(each) for each in pieces] == [64, 64, 64, 64, 44]
    for name in ("steps", "times_ns", "values"):
        joined = np.concatenate([getattr(each, name) for each in pieces])
        assert joined.tobytes() == getattr(whole, name).tobytes()


def test_a_metric_that_nobody_logged_has_no_pieces(store, monkeypatch):
    """Nothing is read, and nothing is wrong."""
    _, _, catalog, key = _both(store, _log(1, 10), monkeypatch)
    assert list(stream_points(catalog, key, "nothing")) == []
