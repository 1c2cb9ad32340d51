"""trialog: an experiment tracker that loses nothing.

::

    import trialog

    with trialog.init("acme", "Protein folding") as run:
        run.log_parameter("lr", 1e-3)
        run.log("loss", 0.3, step=1)

    trialog.runs("acme/protein-folding").comparison_df()

Everything public is here, in :mod:`trialog.errors`, :mod:`trialog.codecs` and
:mod:`trialog.testing`. Importing this package loads nothing else: each name brings its module
when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trialog._version import __version__

if TYPE_CHECKING:
    from trialog import codecs, errors, testing
    from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
    from trialog._public.experiment import Experiment
    from trialog._public.experiments import Experiments, experiments
    from trialog._public.functions import (
        add_tags,
        alert,
        finish,
        get_active_run,
        init,
        log,
        log_attachment,
        log_directory,
        log_file,
        log_json,
        log_parameter,
        log_parameters,
        log_value,
        log_with_codec,
        set_description,
    )
    from trialog._public.queries import (
        delete_run,
        fetch_run_info,
        fetch_runs,
        get_run,
        runs,
        sql,
    )
    from trialog._public.run import Run
    from trialog._public.stored import StoredRun
    from trialog._public.upkeep import gc, gc_undo
    from trialog._reading import RunInfo, Runs
    from trialog._tracking.client import LocalClient

_HOMES = {
    "trialog._entities": ("RunOrg", "RunProject", "RunStatus", "RunUser"),
    "trialog._public.experiment": ("Experiment",),
    "trialog._public.experiments": ("Experiments", "experiments"),
    "trialog._public.functions": (
        "add_tags",
        "alert",
        "finish",
        "get_active_run",
        "init",
        "log",
        "log_attachment",
        "log_directory",
        "log_file",
        "log_json",
        "log_parameter",
        "log_parameters",
        "log_value",
        "log_with_codec",
        "set_description",
    ),
    "trialog._public.queries": (
        "delete_run",
        "fetch_run_info",
        "fetch_runs",
        "get_run",
        "runs",
        "sql",
    ),
    "trialog._public.run": ("Run",),
    "trialog._public.stored": ("StoredRun",),
    "trialog._public.upkeep": ("gc", "gc_undo"),
    "trialog._reading": ("RunInfo", "Runs"),
    "trialog._tracking.client": ("LocalClient",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = ("codecs", "errors", "testing")

__all__ = [
    "Experiment",
    "Experiments",
    "LocalClient",
    "Run",
    "RunInfo",
    "RunOrg",
    "RunProject",
    "RunStatus",
    "RunUser",
    "Runs",
    "StoredRun",
    "__version__",
    "add_tags",
    "alert",
    "codecs",
    "delete_run",
    "errors",
    "experiments",
    "fetch_run_info",
    "fetch_runs",
    "finish",
    "gc",
    "gc_undo",
    "get_active_run",
    "get_run",
    "init",
    "log",
    "log_attachment",
    "log_directory",
    "log_file",
    "log_json",
    "log_parameter",
    "log_parameters",
    "log_value",
    "log_with_codec",
    "runs",
    "set_description",
    "sql",
    "testing",
]


if not TYPE_CHECKING:  # else a type checker would take any misspelt name

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return import_module(f"trialog.{name}")
        home = _HOME_OF.get(name)
        if home is None:
            foreign = import_module("trialog._tracking.foreign")
            raise AttributeError(foreign.point("module 'trialog'", name, foreign.MODULE_NAMES))
        value = globals()[name] = getattr(import_module(home), name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
