"""What was logged as an object is read back as one; runs of several projects and stores."""

from __future__ import annotations

import pytest

import trialog
from trialog import errors


def test_runs_of_several_projects():
    """Each run once, newest first, the limit counting all of them."""
    ids = []
    for project in ("a", "b", "c", "a"):
        with trialog.init("acme", project) as run:
            ids.insert(0, run.id)
    wanted = [ids[0], ids[2], ids[3]]
    assert trialog.runs(["acme/a", "b", "a"]).ids == wanted
    assert trialog.runs(("a", "b"), limit=2).ids == wanted[:2]
    assert trialog.runs([]).ids == []
    assert len(trialog.runs(["a", "b"]).comparison_df()) == 3


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": [1, None]}, 0.5])
def test_a_value_is_read_back(value):
    """By its media type, from a run under way and from a stored one; versions too."""
    with trialog.init("p") as run:
        run.log_value("v", "first")
        run.log_value("v", value)
        assert run.get_value("v") == value
    kept = trialog.get_run(run.id)
    assert (kept.get_value("v"), kept.get_value("v", 1)) == (value, "first")


def test_arrays_and_frames_are_read_back():
    """What numpy and pandas make comes back as that."""
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    with trialog.init("p") as run:
        run.log_value("array", np.eye(2))
        run.log_value("frame", pd.DataFrame({"a": [1, 2]}))
    kept = trialog.get_run(run.id)
    assert kept.get_value("array").tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert kept.get_value("frame")["a"].tolist() == [1, 2]


def test_what_cannot_be_read_back_by_itself():
    """Unsafe codecs, and media types that none reads: the message says how it can be read."""
    with trialog.init("p") as run:
        run.log_with_codec(trialog.codecs.PickleCodec, "unsafe", {1, 2})
        run.log_attachment("odd", "application/x-odd", b"?")
    with pytest.raises(errors.UnsafeCodecError):
        run.get_value("unsafe")
    with pytest.raises(errors.UsageError, match=r"application/x-odd.*get_attachment\(\)"):
        run.get_value("odd")


def test_a_plot_that_is_no_figure():
    """What ``plt.plot`` gives is a list of lines: the message names the figure."""
    plt = pytest.importorskip("matplotlib.pyplot")
    with trialog.init("p") as run:
        with pytest.raises(errors.InvalidTypeError, match=r"log_value\('lines', plt.gcf\(\)\)"):
            run.log_value("lines", plt.plot([1, 3]))
        plt.close("all")
        assert not run.attachments


def test_a_run_that_is_kept_elsewhere_is_found_by_its_client(tmp_path):
    """``client`` is where it is; ``delete_run`` goes there."""
    with trialog.init("p", client=trialog.LocalClient(tmp_path / "other")) as run:
        pass
    assert trialog.runs(client=run.client).ids == [run.id]
    assert len(trialog.runs()) == 0
    trialog.delete_run(run)
    assert len(trialog.runs(client=run.client)) == 0
