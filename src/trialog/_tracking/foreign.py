"""The words of other trackers, and what to write instead. Used only where a call has failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Never, TypeVar

C = TypeVar("C", bound=type)

_ATTACH = "log_file, log_directory, log_json or log_value"
_SERVER = "nothing needs a server: runs are kept in the folder TRIALOG_HOME"

INIT_KEYWORDS = {
    "config": "use parameters=",
    "params": "use parameters=",
    "hparams": "use parameters=",
    "notes": "use description=",
    "entity": "use namespace=",
    "team": "use namespace=",
    "workspace": "use namespace=",
    "experiment": "use project=",
    "experiment_name": "use project=",
    "experiment_id": "use project=",
    "repo": "use client=trialog.LocalClient(path), or TRIALOG_HOME",
    "run_name": "use name=",
    "run_id": "use id= to begin or join a run, resume= to go on with one that has ended",
    "group": "use tags=, or parent= with the run that this one belongs to",
    "job_type": "use tags=",
    "nested": "use parent= with the run that this one belongs to",
    "parent_run_id": "use parent=",
    "mode": f"{_SERVER}; TRIALOG_MODE=disabled keeps nothing",
    "offline": _SERVER,
    "project_name": "use project=",
    "reinit": "use supersede=: False leaves the run before open",
    "dir": "use client=trialog.LocalClient(path), or TRIALOG_HOME",
    "save_code": "code is kept by itself; capture= switches it off",
    "settings": "settings are environment variables: TRIALOG_HOME, TRIALOG_MODE, …",
    "tracking_uri": "use client=trialog.LocalClient(path), or TRIALOG_HOME",
}
LOG_KEYWORDS = {
    "commit": "every call is kept at once; give both calls the same step=",
    "sync": "every call is kept at once",
    "epoch": "use step=",
    "iteration": "use step=",
    "key": "use name=",
    "context": "put it into the name, as in 'train/loss'",
    "timestamp": "the time of the call is kept",
}
FINISH_KEYWORDS = {
    "exit_code": "use status='FAILED' and reason=",
    "quiet": "finish() prints nothing",
}
RESUME_WORDS = ("allow", "must", "never", "auto")
RESUME = (
    "resume= takes the id or name of the run to go on with; id= begins a run of that id, joins it "
    "while it lives, and goes on with it when it has ended"
)

_LOGGING = {
    "log_metric": "log(name, value, step=…)",
    "log_metrics": "log({name: value, …}, step=…)",
    "log_scalar": "log(name, value, step=…)",
    "log_param": "log_parameter(name, value)",
    "log_params": "log_parameters(mapping)",
    "log_hyperparams": "log_parameters(mapping)",
    "log_artifact": "log_file(name, path), or log_directory(name, path)",
    "log_artifacts": "log_directory(name, path)",
    "log_dict": "log_json(name, value)",
    "log_text": "log_value(name, text)",
    "log_figure": "log_value(name, figure)",
    "log_image": "log_value(name, image)",
    "log_table": "log_value(name, frame)",
    "log_model": "log_file(name, path)",
    "set_tag": "add_tags(text), or log_parameter(name, value)",
    "set_tags": "add_tags(*texts), or log_parameters(mapping)",
}
RUN_NAMES = {
    **{name: f"run.{instead}" for name, instead in _LOGGING.items()},
    "config": "run.log_parameters(mapping); run.parameters reads them",
    "params": "run.log_parameters(mapping); run.parameters reads them",
    "notes": "run.set_description(text); run.description reads it",
    "set_name": "trialog.init(name=…): a name never changes",
    "save": "run.log_file(name, path)",
    "watch": "run.log(name, value) of what you want to see of the model",
    "group": "tags, or init(parent=…)",
    "entity": "run.organization.slug",
    "path": "run.url",
    "dir": "run.url, the run's folder",
    "history": "run.metric(name), or run.metrics",
    "info": "its parts: run.id, run.name, run.status, …",
    "data": "its parts: run.parameters, run.metric(name), run.tags, …",
    "end": "run.finish()",
    "stop": "run.finish()",
    "cancel": "run.finish('CANCELED'); trialog.get_run(name).cancel() asks a run to stop",
    "track": "run.log(name, value, step=…)",
    "use_artifact": "trialog.get_run(…).open_attachment(name), or write_attachment(name, path)",
}
ASSIGNED = {
    "config": "run.log_parameters(mapping)",
    "params": "run.log_parameters(mapping)",
    "parameters": "run.log_parameters(mapping)",
    "hparams": "run.log_parameters(mapping)",
    "notes": "run.set_description(text)",
    "description": "run.set_description(text)",
    "tags": "run.add_tags(*texts)",
    "summary": "run.log(name, value); the summary follows from it",
    "name": "trialog.init(name=…): a name never changes",
    "id": "trialog.init(id=…): an id never changes",
    "status": "run.finish(status=…)",
    "reason": "run.finish(reason=…)",
}
MODULE_NAMES = {
    **{name: f"trialog.{instead}, or the same of a run" for name, instead in _LOGGING.items()},
    "start_run": "trialog.init('project', name=…)",
    "end_run": "trialog.finish()",
    "active_run": "trialog.get_active_run()",
    "run": "trialog.get_active_run(), or the run that trialog.init() gives",
    "set_experiment": "trialog.init('project')",
    "create_experiment": "trialog.init('project')",
    "get_experiment": "trialog.Experiment.open(name)",
    "list_experiments": "trialog.experiments()",
    "set_tracking_uri": "TRIALOG_HOME, or client=trialog.LocalClient(path)",
    "search_runs": "trialog.runs('project'), and its comparison_df()",
    "config": "trialog.log_parameters(mapping); run.parameters reads them",
    "summary": "trialog.log(name, value); run.summary reads it",
    "Api": "trialog.runs('project') and trialog.get_run(id_or_name)",
    "MlflowClient": "trialog.runs('project') and trialog.get_run(id_or_name)",
    "Artifact": f"{_ATTACH}: attachments are versioned by their names",
    "save": "trialog.log_file(name, path)",
    "watch": "trialog.log(name, value) of what you want to see of the model",
    "Table": "trialog.log_value(name, frame), with a pandas DataFrame",
    "Image": "trialog.log_value(name, image), with a Pillow image or a figure",
    "Audio": "trialog.log_value(name, trialog.codecs.Audio(samples, rate))",
    "Video": "trialog.log_file(name, path)",
    "Histogram": "trialog.log_value(name, trialog.codecs.Histogram.of(values))",
    "plot": "trialog.log_value(name, figure)",
    "autolog": "trialog.log(name, value); nothing is logged by itself",
    "login": f"nothing: {_SERVER}",
    "sweep": "a loop: trialog.init() for each combination, then trialog.runs('project')",
    "agent": "a loop: trialog.init() for each combination, then trialog.runs('project')",
}
_GO_ON = "a stored run takes no more: go on with it by trialog.init({project!r}, resume={name!r})"
EXPERIMENT_NAMES = {
    "log": "with experiment.run() as run: run.log(name, value)",
    "log_metric": "with experiment.run() as run: run.log(name, value)",
    "image_name": "experiment.name, and experiment.digest once it is committed",
    "lifecycle_reason": "experiment.reason",
    "set_autosave_policy": "nothing: everything is kept when a call returns",
    "restore_from_checkpoint": "trialog.Experiment.open(name)",
    "import_archive": "trialog.Experiment.load(path)",
    "from_artifact": "trialog.Experiment.load(path)",
    "with_temp_local_registry": "trialog.testing.store()",
    "attachment_names": "list(experiment.attachments)",
    "attachment_media_type": "experiment.attachments[name].media_type",
    "get_blob": "experiment.get_attachment(name)",
    "get_instance": "experiment.get_value(name)",
    "get_parametric_instance": "experiment.get_value(name)",
    "get_solution": "experiment.get_value(name)",
    "get_sample_set": "experiment.get_value(name)",
    "artifact": "experiment.digest, experiment.save(path)",
    "close": "experiment.finish()",
    "metrics_df": "experiment.runs.metrics_df(name)",
    "parameters_df": "experiment.run_parameters_df()",
    "comparison_df": "experiment.runs.comparison_df()",
    "best": "experiment.runs.best(metric, goal=…)",
}
EXPERIMENT_KEYWORDS = {
    "image_name": "use name=",
    "experiment_name": "use name=",
    "autosave": "leave it out: everything is kept when a call returns",
    "store_trace": "leave it out; what the machine does is kept by capture=",
    **{name: INIT_KEYWORDS[name] for name in ("config", "params", "hparams", "notes", "entity")},
}
EXPERIMENT_RUN_KEYWORDS = {
    "project": "the runs of an experiment are in its project",
    "namespace": "the runs of an experiment are in its namespace",
    "run_id": "it is given: 0, 1, 2, …",
    "resume": "trialog.init(resume=run.id) goes on with a run",
    "config": INIT_KEYWORDS["config"],
    "params": INIT_KEYWORDS["params"],
}
STORED_NAMES = dict.fromkeys(
    (
        *_LOGGING,
        "log",
        "log_parameter",
        "log_parameters",
        "log_json",
        "log_file",
        "log_directory",
        "log_attachment",
        "log_with_codec",
        "log_value",
        "finish",
    ),
    _GO_ON,
) | {
    "stop": "run.cancel() asks it to stop",
    "should_stop": "its status is CANCELING where somebody has asked it to stop",
    "config": "use run.parameters",
    "notes": "use run.description",
    "history": "use run.metric(name), or trialog.runs(…).metrics_df()",
    "scan_history": "use run.metric(name), or trialog.runs(…).metrics_df()",
    "files": "use run.attachments",
    "info": "use its parts: run.id, run.name, run.status, …",
    "data": "use its parts: run.parameters, run.metric(name), run.tags, …",
}


def point(what: str, name: str, pointers: Mapping[str, str]) -> str:
    """What to say of a name that is not there."""
    found = pointers.get(name)
    return f"{what} has no attribute {name!r}" + (f"; use {found}" if found else "")


def refuse_assignment(name: str, what: str = "a run") -> Never:
    """Say how a run is told what was about to be assigned to it.

    Raises:
        AttributeError: always.
    """
    instead = ASSIGNED.get(name)
    if instead is None:
        raise AttributeError(
            f"{what} has no attribute {name!r} that could be set, and nothing would be kept; log "
            f"it: run.log_parameter({name!r}, …) or run.log({name!r}, …)"
        )
    raise AttributeError(f"run.{name} cannot be assigned to; use {instead}")


class _Pointer:
    """An attribute that is not there, and says what to use; ``hasattr`` is False."""

    def __init__(self, name: str, say: Callable[[Any, str], str]) -> None:
        self._name = name
        self._say = say

    def __get__(self, instance: object, owner: type | None = None) -> Never:
        raise AttributeError(self._say(instance, self._name))


def pointing(pointers: Mapping[str, str], say: Callable[[Any, str], str]) -> Callable[[C], C]:
    """Make a class answer for the words of other trackers.

    Descriptors do it: ``__getattr__`` would make every attribute of the class slower.

    Args:
        pointers: the words, none of which the class may have.
        say: what an instance (None: the class) says of a word.
    """

    def prepare(kind: C) -> C:
        for name in pointers:
            assert not hasattr(kind, name), name  # noqa: S101 # a table that has become wrong
            setattr(kind, name, _Pointer(name, say))
        return kind

    return prepare


def own_names(names: list[str], pointers: Mapping[str, str]) -> list[str]:
    """What ``dir()`` shows: without the pointers."""
    return [name for name in names if name not in pointers]
