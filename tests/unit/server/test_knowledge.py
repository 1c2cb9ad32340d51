"""What is known of a project's runs, kept until the store changes."""

from __future__ import annotations

import trialog
from trialog._server.store import Store


def test_it_is_read_once_and_again_after_a_change(store):
    """The same object as long as nothing was logged; what is new is there at once."""
    with trialog.init("acme", "demo", parameters={"lr": 0.1}, tags=["a"]) as run:
        run.log("loss", 1.0)
    served = Store.at(store)
    knowledge = served.knowledge
    served.catalog.refresh()
    first = knowledge.of("acme/demo")
    assert (first.names.metrics, first.names.tags) == (["loss"], ["a"])
    assert (first.runs, first.is_whole) == (1, True)
    assert knowledge.of("acme/demo") is first
    with trialog.init("acme", "demo", parameters={"lr": 0.2}) as run:
        run.log("acc", 0.5)
        served.catalog.refresh()
        during = knowledge.of("acme/demo")
        assert set(during.names.metrics) == {"loss", "acc"}
        assert during.heads[0].distinct == 2
    assert knowledge.of("acme/nothing").runs == 0


def test_projects_are_told_apart(store):
    """One knows nothing of another's names; all together know both."""
    for project in ("one", "two"):
        with trialog.init("acme", project) as run:
            run.log(f"loss of {project}", 1.0)
    knowledge = Store.at(store).knowledge
    assert knowledge.of("acme/one").names.metrics == ["loss of one"]
    assert knowledge.of("acme/two").names.metrics == ["loss of two"]
    assert len(knowledge.of(None).names.metrics) == 2
