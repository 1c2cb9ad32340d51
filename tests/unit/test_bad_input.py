"""Every row of docs/reference/bad-input.md: the error, its message, and what is kept."""

from __future__ import annotations

import ctypes
import fractions
import json
import math
import os
import pickle
import shutil
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

import trialog
from trialog import errors

PAGE = "reference/bad-input.md"


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """The folder and the runs that the page speaks of."""
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("notes")
    Path("link.txt").symlink_to("notes.txt")
    Path("empty").mkdir()
    Path("plots").mkdir()
    Path("plots/loss.png").write_bytes(b"\x89PNG")
    with trialog.init("p", name="ended") as ended:
        ended.log("loss", 0.5)
        ended.log_json("once", 1)
        ended.log_attachment("plot", "text/plain", b"not JSON")
    run = trialog.init("p", name="run", supersede=False)
    run.log_json("once", 1)
    yield {
        "ended": ended,
        "fractions": fractions,
        "math": math,
        "np": np,
        "pickle": pickle,
        "run": run,
        "trialog": trialog,
    }
    run.finish()


def code_of(cell: str) -> str:
    """The code at the beginning of a cell."""
    return cell[1 : cell.index("`", 1)]


def check_refused(scene, row):
    written, error, says = row
    run = scene["run"]
    with pytest.raises(getattr(errors, error)) as caught:
        exec(code_of(written), scene)
    assert type(caught.value) is getattr(errors, error)
    assert says.strip("`").replace("\\\\", "\\") in str(caught.value)
    assert run.status is trialog.RunStatus.RUNNING
    run.log("after", 1.0)
    run.finish()
    kept = trialog.get_run(run.id)
    assert kept.status is trialog.RunStatus.COMPLETED
    assert kept.metric("after")["value"].tolist() == [1.0]
    assert kept.get_json("once") == 1
    if "loss" in kept.metrics:
        assert '"bad"' in written


@pytest.mark.table(PAGE, "values")
def test_a_value_that_cannot_be_logged(scene, row):
    """Refused at the call, by key and type; the run goes on."""
    check_refused(scene, row)


@pytest.mark.table(PAGE, "steps")
def test_a_step_or_keyword_that_means_nothing(scene, row):
    """Refused at the call; the nearest keyword is named."""
    check_refused(scene, row)


@pytest.mark.table(PAGE, "names")
def test_a_name_that_cannot_be_one(scene, row):
    """Refused at the call; nothing leaves its folder."""
    check_refused(scene, row)


@pytest.mark.table(PAGE, "files")
def test_a_file_that_cannot_be_logged(scene, row):
    """Refused at the call, by its path."""
    check_refused(scene, row)


@pytest.mark.table(PAGE, "starting")
def test_a_start_or_end_that_means_nothing(scene, row):
    """Refused at the call; no run is begun and none is ended by it."""
    before = len(trialog.fetch_runs())
    check_refused(scene, row)
    assert len(trialog.fetch_runs()) == before


@pytest.mark.table(PAGE, "variables")
def test_a_variable_that_means_nothing(monkeypatch, row):
    """Refused at the call, by the variable's name."""
    written, error, says = row
    monkeypatch.setenv(*code_of(written).split("=", 1))
    with pytest.raises(getattr(errors, error)) as caught:
        trialog.init("p")
    assert type(caught.value) is getattr(errors, error)
    assert says.strip("`") in str(caught.value)
    assert trialog.fetch_runs() == []


@pytest.mark.table(PAGE, "reading")
def test_a_question_that_has_no_answer(scene, row):
    """Refused with the nearest name."""
    check_refused(scene, row)


@pytest.mark.table(PAGE, "fine")
def test_what_is_no_error(scene, row):
    """Kept as the page says."""
    written, afterwards = row
    exec(code_of(written), scene)
    scene["run"].finish()
    scene["kept"] = trialog.get_run(scene["run"].id)
    assert eval(code_of(afterwards), scene)


def test_the_good_values_of_a_call_are_kept():
    """The bad ones are all named: the first in the message, the others in its notes."""
    with trialog.init("p", name="r") as run:
        with pytest.raises(errors.InvalidTypeError, match="'bad'") as caught:
            run.log({"bad": {1}, "loss": 0.5, "worse": b"", "note": "x"}, step=3)
        assert "'worse'" in caught.value.__notes__[0]
        with pytest.raises(errors.InvalidTypeError, match="'a'"):
            run.log_parameters({"a": b"", "lr": 0.1})
    kept = trialog.get_run("r")
    assert (kept.metrics, kept.metric("loss")["step"].tolist()) == (["loss"], [3])
    assert kept.values("note")[0].value == "x"
    assert kept.parameters == {"lr": 0.1}


# -- the store -----------------------------------------------------------------------------------


def in_child(prepare, action):
    """Do something in a forked child.

    Returns:
        What it gave, or the class and message of the error it met.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            prepare()
            answer = action()
        except BaseException as error:  # noqa: BLE001 # it is told
            answer = [type(error).__name__, str(error)]
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        found = json.loads(answer.read())
    os.waitpid(child, 0)
    return found


def like_any_user(action):
    """Do something in a child that may not write what it is not allowed to, even as root."""
    return in_child(lambda: [_drop(1), _drop(2)], action)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def _drop(capability: int) -> None:
    """Give a capability up for this process (capset of Linux, version 3)."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    assert libc.capget(header, sets) == 0
    sets[0] &= ~(1 << capability)
    sets[1] &= ~(1 << capability)
    assert libc.capset(header, sets) == 0


def error_of(action):
    with pytest.raises(errors.TrialogError) as caught:
        action()
    return [type(caught.value).__name__, str(caught.value)]


def secret_file(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("secret.txt").write_text("x")
    Path("secret.txt").chmod(0)
    with trialog.init("p") as run:
        return like_any_user(lambda: run.log_file("s", "secret.txt"))


def unwritable(home, tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir(mode=0o555)
    monkeypatch.setenv("TRIALOG_HOME", str(tmp_path / "closed" / "store"))
    return like_any_user(lambda: trialog.init("p"))


def unwritable_edit(home, tmp_path, monkeypatch):
    with trialog.init("p", name="r"):
        pass
    kept = trialog.get_run("r")
    for folder in [home, *home.rglob("*/")]:
        folder.chmod(0o555)
    found = like_any_user(lambda: kept.add_tags("x"))
    for folder in [home, *home.rglob("*/")]:
        folder.chmod(0o755)
    return found


def file_at_init(home, tmp_path, monkeypatch):
    home.write_text("")
    return error_of(lambda: trialog.init("p"))


def file_when_reading(home, tmp_path, monkeypatch):
    home.write_text("")
    return error_of(lambda: trialog.runs("p"))


def _described(home, text):
    home.mkdir()
    (home / "store.json").write_text(text)


def newer_at_init(home, tmp_path, monkeypatch):
    _described(home, '{"format": 9, "id": "x"}')
    return error_of(lambda: trialog.init("p"))


def newer_when_reading(home, tmp_path, monkeypatch):
    _described(home, '{"format": 9, "id": "x"}')
    return error_of(lambda: trialog.runs("p"))


def damaged_description(home, tmp_path, monkeypatch):
    _described(home, "garbage")
    return error_of(lambda: trialog.init("p"))


def mode(home, tmp_path, monkeypatch):
    monkeypatch.setenv("TRIALOG_MODE", "off")
    return error_of(lambda: trialog.init("p"))


def at_exit(home, tmp_path, monkeypatch):
    monkeypatch.setenv("TRIALOG_AT_EXIT", "running")
    return error_of(lambda: trialog.init("p"))


def _blob(home):
    with trialog.init("p", name="r") as run:
        run.log_attachment("a", "text/plain", b"bytes")
    (blob,) = home.glob("blobs/sha256/*/*")
    return blob


def damaged_blob(home, tmp_path, monkeypatch):
    _blob(home).write_bytes(b"other")
    return error_of(lambda: trialog.get_run("r").get_attachment("a"))


def missing_blob(home, tmp_path, monkeypatch):
    _blob(home).unlink()
    return error_of(lambda: trialog.get_run("r").get_attachment("a"))


def no_run(home, tmp_path, monkeypatch):
    return error_of(lambda: trialog.log("loss", 0.5))


def several_runs(home, tmp_path, monkeypatch):
    found = []
    with trialog.init("p"), trialog.init("p"):
        thread = threading.Thread(
            target=lambda: found.extend(error_of(lambda: trialog.log("x", 1)))
        )
        thread.start()
        thread.join()
    return found


SCENES = {
    "a file to log that may not be read": secret_file,
    "a store that may not be written, at `init`": unwritable,
    "a store that may not be written, when a stored run is edited": unwritable_edit,
    "a store's path that is a file, at `init`": file_at_init,
    "a store's path that is a file, when reading": file_when_reading,
    "a store of a newer format, at `init`": newer_at_init,
    "a store of a newer format, when reading": newer_when_reading,
    "a `store.json` that is damaged, at `init`": damaged_description,
    "`TRIALOG_MODE` that means nothing": mode,
    "`TRIALOG_AT_EXIT` that no run ends with": at_exit,
    "a blob whose bytes have changed": damaged_blob,
    "a blob that is missing": missing_blob,
    "`trialog.log` with no open run": no_run,
    "`trialog.log` in a thread, with several open runs": several_runs,
}


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.table(PAGE, "store")
def test_a_store_that_cannot_be_used(row, store, tmp_path, monkeypatch):
    """The environment's move: the error says which, and what to do."""
    what, error, says = row
    name, message = SCENES[what](store, tmp_path, monkeypatch)
    assert name == error
    assert says.strip("`") in message


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_two_users_with_the_strictest_umask_share_a_store(monkeypatch):
    """In a folder that both may write, each logs, and reads and edits the other's runs."""
    shared = Path(tempfile.mkdtemp())
    monkeypatch.setenv("TRIALOG_HOME", str(shared / "warm"))
    log_and_read("warm", "warm")  # a child without rights may not be able to import
    monkeypatch.setenv("TRIALOG_HOME", str(shared / "store"))
    (shared / "store").mkdir()
    (shared / "store").chmod(0o2777)
    shared.chmod(0o755)
    monkeypatch.setenv("HOME", str(shared))
    assert in_child(lambda: become(2001), lambda: log_and_read("first", "first")) == [1, []]
    assert in_child(lambda: become(2002), lambda: log_and_read("second", "first")) == [1, ["seen"]]
    assert in_child(lambda: become(2001), lambda: log_and_read("third", "second")) == [1, ["seen"]]
    shutil.rmtree(shared)


def become(user: int) -> None:
    """Another user, where this one may become another; the strictest umask in any case."""
    os.umask(0o077)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def log_and_read(name, other):
    with trialog.init("p", name=name) as run:
        run.log("loss", 0.5)
        run.log_json("same", 1)
    kept = trialog.get_run(other)
    if name != other:
        kept.add_tags("seen")
    assert len(kept.metric("loss")) == 1
    assert len(trialog.runs("p").metrics_df("loss")) == len(trialog.fetch_runs())
    return [kept.get_json("same"), list(kept.tags)]


def test_every_scene_is_on_the_page(page_table):
    """No scene without its row."""
    assert list(SCENES) == [row[0] for row in page_table(PAGE, "store")]


def test_every_error_class_is_on_the_page(page_table):
    """What trialog can raise on purpose, a reader of the page has met, codecs' errors aside."""
    tables = ("values", "steps", "names", "files", "starting", "reading", "store")
    met = {
        row[1] for name in (*tables, "experiments", "artifacts") for row in page_table(PAGE, name)
    }
    assert set(errors.__all__) - met == {"TrialogError", "UnsafeCodecError"}
