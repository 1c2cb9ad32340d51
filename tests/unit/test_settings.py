"""The environment's choices, and what means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialog._entities import RunStatus
from trialog._settings import Settings
from trialog.errors import UsageError


@pytest.mark.parametrize(
    "environ,changes",
    [
        ({}, {}),
        ({"TRIALOG_MODE": "local"}, {}),
        ({"TRIALOG_MODE": " DISABLED "}, {"mode": "disabled"}),
        ({"TRIALOG_MODE": " "}, {}),
        ({"TRIALOG_NAMESPACE": " acme "}, {"namespace": "acme"}),
        ({"TRIALOG_NAMESPACE": ""}, {}),
        ({"TRIALOG_PROJECT": "acme/demo"}, {"project": "acme/demo"}),
        ({"TRIALOG_PROJECT": "  "}, {}),
        ({"TRIALOG_AT_EXIT": "completed"}, {"at_exit": RunStatus.COMPLETED}),
        ({"TRIALOG_AT_EXIT": " Interrupted "}, {"at_exit": RunStatus.INTERRUPTED}),
        ({"TRIALOG_AT_EXIT": ""}, {}),
        ({"TRIALOG_RUN": " acme/demo/x "}, {"run": "acme/demo/x"}),
        ({"TRIALOG_RUN": " "}, {}),
        ({"TRIALOG_HOOKS": " https://x.example \n"}, {"hooks": "https://x.example"}),
        ({"TRIALOG_STALLED_AFTER": "60"}, {"stalled_after_s": 60.0}),
        ({"TRIALOG_STALLED_AFTER": " 0 "}, {"stalled_after_s": 0.0}),
        ({"TRIALOG_STALLED_AFTER": ""}, {}),
        ({"TRIALOG_SYSTEM_INTERVAL": "2.5"}, {"system_interval_s": 2.5}),
        ({"TRIALOG_UNKNOWN": "x", "OTHER": "y"}, {}),
    ],
    ids=str,
)
def test_variables_and_what_they_choose(environ, changes):
    """Blanks around a value do not count; a blank value is none."""
    settings = Settings.from_environ({"TRIALOG_HOME": "/store"} | environ)
    assert settings == Settings(Path("/store"))._replace(**changes)


@pytest.mark.parametrize(
    "given,home",
    [
        (None, Path("/home/ada/.trialog")),
        ("  ", Path("/home/ada/.trialog")),
        ("/data/store", Path("/data/store")),
        ("~/store", Path("/home/ada/store")),
        ("store", Path.cwd() / "store"),
        (" /data/my store ", Path("/data/my store")),
    ],
)
def test_the_home_of_the_store(monkeypatch, given, home):
    """An absolute folder: a process that goes elsewhere keeps its store."""
    monkeypatch.setenv("HOME", "/home/ada")
    environ = {} if given is None else {"TRIALOG_HOME": given}
    assert Settings.from_environ(environ).home == home


@pytest.mark.parametrize(
    "variable,value",
    [
        ("TRIALOG_MODE", "online"),
        ("TRIALOG_MODE", "0"),
        ("TRIALOG_AT_EXIT", "RUNNING"),
        ("TRIALOG_AT_EXIT", "PENDING"),
        ("TRIALOG_AT_EXIT", "done"),
    ],
)
def test_a_value_that_means_nothing(variable, value):
    """The message names the variable and what it may be."""
    with pytest.raises(UsageError, match=f"{variable}='{value}' means nothing; use one of: "):
        Settings.from_environ({"TRIALOG_HOME": "/store", variable: value})


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf"])
def test_seconds_that_mean_nothing(value):
    """A number above 0; where 0 means never, it is said."""
    with pytest.raises(UsageError, match=f"TRIALOG_STALLED_AFTER='{value}' .* or 0 for never"):
        Settings.from_environ({"TRIALOG_HOME": "/store", "TRIALOG_STALLED_AFTER": value})
    for each in (value, "0"):
        with pytest.raises(UsageError, match=f"TRIALOG_SYSTEM_INTERVAL='{each}' means nothing"):
            Settings.from_environ({"TRIALOG_HOME": "/store", "TRIALOG_SYSTEM_INTERVAL": each})


def test_a_user_who_is_unknown_names_a_folder():
    """A container's user without a home is told which variable to set."""
    with pytest.raises(UsageError, match="set TRIALOG_HOME to a folder"):
        Settings.from_environ({"TRIALOG_HOME": "~nobody-of-this-name/store"})


def test_the_process_environment_is_the_default(monkeypatch, tmp_path):
    """Read at each call: a change is seen."""
    monkeypatch.setenv("TRIALOG_PROJECT", "first")
    assert Settings.from_environ().project == "first"
    monkeypatch.setenv("TRIALOG_PROJECT", "second")
    assert Settings.from_environ().project == "second"
    assert Settings.from_environ().home == tmp_path / "store"
