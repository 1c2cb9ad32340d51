"""What runs hold, as far as the catalog knows."""

from __future__ import annotations

import trialog
from trialog._filters import RunFilter
from trialog._format.records import Kind
from trialog._reading import find
from trialog._reading.catalogs import catalog_of
from trialog._reading.holdings import (
    attachments_of,
    metric_names_of,
    parameter_counts_of,
    parameters_of,
    troubles_of,
    value_names_of,
)


def test_each_kind_of_thing_has_its_names(store):
    """Of one run, or of several together; a parameter that changed is counted."""
    for name in ("a", "b"):
        with trialog.init("acme", "demo", name=name, parameters={"lr": 0.1}) as run:
            run.log(f"loss/{name}", 0.5)
            run.log("note", "text")
            run.log_attachment("model", "application/x-own", b"1")
    with trialog.init("acme", "demo", name="changed", parameters={"lr": 0.1}) as run:
        run.log_parameter("lr", 0.2)
    catalog = catalog_of(store)
    changed, *others = find(catalog, RunFilter()).keys
    assert metric_names_of(catalog, others) == ["loss/a", "loss/b"]
    assert metric_names_of(catalog, others[:1]) == ["loss/b"]
    assert parameters_of(catalog, [changed, others[0]]) == {
        changed: {"lr": 0.2},
        others[0]: {"lr": 0.1},
    }
    assert parameter_counts_of(catalog, changed) == {"lr": 2}
    assert parameter_counts_of(catalog, others[0]) == {}
    assert value_names_of(catalog, others[0]) == ["note"]
    assert list(attachments_of(catalog, others[0])) == ["model"]
    assert list(attachments_of(catalog, changed)) == []


def test_trouble_is_told_in_words(handmade):
    """In order; a note that does not say what is empty."""
    notes = [{"what": "the disk was full", "missing": 3}, {"missing": 0}]
    data = b"".join(handmade.fact(Kind.TROUBLE, note) for note in notes)
    handmade.write(handmade.start() + data)
    catalog = handmade.open()
    (run,) = find(catalog, RunFilter()).keys
    found = troubles_of(catalog, run)
    assert [each.what for each in found] == ["the disk was full", ""]
    assert found[0].time_ns > 0
