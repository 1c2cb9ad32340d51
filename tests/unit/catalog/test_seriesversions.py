"""How far series have got."""

from __future__ import annotations

import trialog
from trialog._catalog.seriesversions import keys_of_ids, series_versions
from trialog._filters import RunFilter
from trialog._reading.catalogs import catalog_of


def test_each_writer_says_how_far_it_has_got(store):
    """Points and lowest step of each attempt; a run without the metric is left out."""
    with trialog.init("acme", "demo", name="one") as run:
        run.log("loss", 1, step=3)
        run.log("loss", 1, step=2)
    with trialog.init("acme", "demo", resume=run.id) as again:
        again.log("loss", 1, step=3)
    with trialog.init("acme", "demo", name="other") as other:
        other.log("accuracy", 1)
    catalog = catalog_of(store)
    catalog.refresh()
    keys = catalog.ask(keys_of_ids, [run.id, other.id], RunFilter())
    found = catalog.ask(series_versions, keys, "loss")
    assert list(found) == keys[:1]
    assert [(each.attempt, each.points, each.lowest_step) for each in found[keys[0]]] in (
        [(1, 2, 2), (2, 1, 3)],
        [(2, 1, 3), (1, 2, 2)],
    )


def test_more_points_are_another_version(store):
    """Equal versions mean equal points."""
    catalog = catalog_of(store)
    seen = []
    with trialog.init("acme", "demo") as run:
        for value in range(2):
            run.log("loss", value)
            catalog.refresh()
            keys = catalog.ask(keys_of_ids, [run.id], RunFilter())
            seen += [catalog.ask(series_versions, keys, "loss") for _ in range(2)]
    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_keys_are_in_the_order_of_ids(store):
    """Each once; ids that nobody knows, or of other projects, are left out."""
    ids = {}
    for project in ("demo", "other"):
        for name in "ab":
            with trialog.init("acme", project, name=name) as run:
                ids[project, name] = run.id
    catalog = catalog_of(store)
    catalog.refresh()
    asked = [ids["demo", "b"], "nobody", ids["other", "a"], ids["demo", "a"], ids["demo", "b"]]
    every = catalog.ask(keys_of_ids, asked, RunFilter())
    assert len(set(every)) == 3
    some = catalog.ask(keys_of_ids, asked, RunFilter(namespace="acme", project="demo"))
    assert some == [every[0], every[2]]
