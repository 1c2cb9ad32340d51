"""Never run: what type checkers must accept of recording runs, positional as the seeds have it."""

import argparse
import asyncio
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import trialog
import trialog.testing
from trialog import RunStatus
from trialog.codecs import JsonCodec, TextCodec


@dataclass
class Config:
    lr: float = 0.1


def starting(other: trialog.Run, client: trialog.LocalClient) -> None:
    assert_type(trialog.init(), trialog.Run)
    trialog.init("digits")
    trialog.init("acme", "Protein folding", "name", "text", RunStatus.PENDING, client)
    trialog.init("acme", "Protein folding", None, None, None, None)
    trialog.init("acme", "Protein folding", status="running", tags="one")
    trialog.init("p", tags=["a", "b"], parameters={"a": {"b": 1}}, parent=other)
    trialog.init("p", parameters=Config(), parent="id", id="mine")
    trialog.init(namespace="acme", project="Protein folding")
    trialog.init("p", resume="name", at_exit="COMPLETED", supersede=False, strict=True)
    trialog.init("p", ends={ValueError: "FAILED", KeyboardInterrupt: RunStatus.COMPLETED})
    trialog.init("p", at_exit=RunStatus.COMPLETED, client=trialog.LocalClient(Path("store")))
    trialog.init("p", hooks=print)
    trialog.init("p", hooks="https://example.com/hook")
    trialog.init("p", hooks=["notify-send", "done"])
    trialog.init("p", hooks=[print, ["notify-send", "done"], "https://example.com/hook"])


def recording(run: trialog.Run) -> None:
    run.log("loss", 0.3)
    run.log("loss", 3, step=10)
    run.log("loss", Decimal("0.3"), 10, None)
    run.log("note", "text")
    run.log("tree", {"a": [1, None]})
    run.log({"loss": 0.3, "accuracy": 0.9})
    run.log({"loss": 0.3, "accuracy": 0.9}, step=10)
    run.log({"loss": 0.3, "accuracy": 0.9}, 10)
    run.log_parameter("lr", 1e-3)
    run.log_parameters({"model": {"depth": 3}}, seed=1)
    run.log_parameters(argparse.Namespace(lr=0.1))
    run.log_parameters(lr=0.1)
    run.log_json("confusion", {"a": [1, 2]}, step=3, overwrite=False)
    run.log_file("best", "best.pt")
    run.log_file("best", Path("best.pt"), "application/x", "x.pt", step=3, overwrite=False)
    assert_type(run.log_directory("checkpoint", "ckpt/"), list[str])
    run.log_directory("checkpoint", Path("ckpt"), "*.pt", step=3, overwrite=False)
    run.log_attachment("solver.log", "text/plain", b"")
    run.log_attachment("solver.log", "text/plain", bytearray(), filename="x", step=3)
    run.log_with_codec(TextCodec, "text", "text", step=3)
    run.log_with_codec(JsonCodec(), "json", {"a": 1})
    run.log_value("plot", object(), 3, overwrite=False)
    run.alert("loss goes up", "for 100 steps", level="warning")
    assert_type([alert.title for alert in run.alerts], list[str])
    run.add_tags("a", "b", ["c"])
    run.remove_tags("a", ["b"])
    assert_type(run.duration, float)
    assert_type(run.environ(), dict[str, str])
    assert_type(run.writers[0].rank, int | None)
    assert_type(run.writers[0].status, RunStatus | None)
    assert_type(run.client, trialog.LocalClient)
    run.set_description("text")
    run.set_description(None)


def ending(run: trialog.Run, client: trialog.LocalClient) -> None:
    run.finish()
    run.finish("FAILED", reason="infeasible")
    run.finish(RunStatus.FAILED)
    run.finish(client, RunStatus.COMPLETED)
    run.finish(None, "completed")
    run.finish(status=None)
    assert_type(run.should_stop, bool)


def facts(run: trialog.Run) -> None:
    assert_type(run.id, str)
    assert_type(run.name, str)
    assert_type(run.description, str | None)
    assert_type(run.status, RunStatus)
    assert_type(run.tags, tuple[str, ...])
    assert_type(run.url, str)
    assert_type(run.organization, trialog.RunOrg)
    assert_type(run.project, trialog.RunProject)
    assert_type(run.user, trialog.RunUser)
    assert_type(run.organization.slug, str)
    assert_type(run.project.display_name, str)
    assert_type(run.user.username, str)
    assert_type(run.date_created.year, int)
    assert_type(run.date_updated.year, int)
    assert_type(run.status.is_end, bool)
    assert_type(trialog.__version__, str)


def of_the_active_run(client: trialog.LocalClient) -> None:
    assert_type(trialog.get_active_run(), trialog.Run)
    trialog.log("loss", 0.2)
    trialog.log("loss", 0.2, 3, client)
    trialog.log({"loss": 0.2}, step=3)
    trialog.log_parameter("lr", 0.1)
    trialog.log_parameters({"lr": 0.1}, seed=1)
    trialog.log_json("j", [1])
    trialog.log_file("f", Path("f"))
    assert_type(trialog.log_directory("d", "d"), list[str])
    trialog.log_attachment("a", "text/plain", b"")
    trialog.log_with_codec(TextCodec, "text", "text")
    trialog.log_value("v", 1)
    trialog.add_tags("a")
    trialog.set_description("text")
    trialog.finish("FAILED", reason="infeasible")


def blocks() -> None:
    with trialog.init("p") as run, trialog.init("p") as inner:
        assert_type(run, trialog.Run)
        assert_type(inner, trialog.Run)

    async def train() -> str:
        with trialog.init("p") as run:
            await asyncio.sleep(0)
            return run.id

    asyncio.run(train())


def tests() -> None:
    with trialog.testing.store() as store:
        assert_type(store, trialog.testing.TestStore)
        assert_type(store.path, Path)
        assert_type(store.client, trialog.LocalClient)
        assert_type(store.run(), trialog.StoredRun)
        assert_type(store.run("name"), trialog.StoredRun)
        assert_type(store.runs("acme/p", status="done"), trialog.Runs[trialog.StoredRun])
    with trialog.testing.store(Path("kept")), trialog.testing.store("kept"):
        pass
