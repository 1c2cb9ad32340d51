"""What an experiment is, and what its runs come to: the reading half of its face."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._format.folders import day_of
from trialog._public.content import RunContent
from trialog._public.readonly import ReadOnlyDict
from trialog._public.unkept import UnkeptReader
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from trialog._artifacts.loading import Loaded
    from trialog._display.cards import Card
    from trialog._public.stored import StoredRun
    from trialog._reading import ContentReader, ExperimentReader, RunRecord, Runs
    from trialog._tracking.experiments import Address, ExperimentRecorder

_ANNOTATE = "set one: experiment.set_annotation(key, text)"


class ExperimentFacts(RunContent):
    """Reads an experiment: one that is being recorded, one of the store, one that was loaded.

    Of a loaded one what its artifact says by itself is read there; the first question beyond that
    brings its journals into the store.
    """

    def __init__(self, recorder: ExperimentRecorder | None, loaded: Loaded | None = None) -> None:
        """Use :class:`trialog.Experiment` instead."""
        self._own = recorder
        self._loaded = loaded

    # -- what it is ----------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The experiment's id, which never changes."""
        return self._own.start.run if self._own is not None else str(self._fact("id"))

    @property
    def name(self) -> str:
        """Its name, unique among the experiments of its project when it was given."""
        if self._own is not None and self._own.address is None:
            return self._own.start.name
        return str(self._fact("name"))

    @property
    def status(self) -> RunStatus:
        """RUNNING, and then how it ended: COMPLETED, committed or not; or as its error says."""
        if self._own is not None and self._own.opened is not None:
            return self._own.opened.status
        return RunStatus(self._fact("status"))

    @property
    def reason(self) -> str | None:
        """Why it ended as it did, in words."""
        found: str | None = self._fact("reason")
        return found

    @property
    def description(self) -> str | None:
        """What the user wrote about it."""
        found: str | None = self._fact("description")
        return found

    @property
    def tags(self) -> tuple[str, ...]:
        """The experiment's tags, in the order they were added."""
        return tuple(self._fact("tags") or ())

    @property
    def annotations(self) -> dict[str, str]:
        """Texts by key; they stand in the artifact's manifest too. The dict is only to be read.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("noted", commit=False) as experiment:
            ...     experiment.set_annotation("org.example.ticket", "T-12")
            >>> experiment.annotations
            {'org.example.ticket': 'T-12'}
        """
        return ReadOnlyDict(self._fact("annotations") or {}, _ANNOTATE)

    @property
    def date_created(self) -> datetime:
        """When it began, UTC."""
        found: datetime = self._fact("date_created")
        return found

    @property
    def date_ended(self) -> datetime | None:
        """When it ended, UTC; None while it goes on."""
        found: datetime | None = self._fact("date_ended")
        return found

    @property
    def organization(self) -> RunOrg:
        """The namespace."""
        found: RunOrg = self._fact("organization")
        return found

    @property
    def project(self) -> RunProject:
        """The project."""
        found: RunProject = self._fact("project")
        return found

    @property
    def user(self) -> RunUser:
        """Who started it."""
        found: RunUser = self._fact("user")
        return found

    @property
    def url(self) -> str:
        """Where it is kept: the URI of its folder; empty where nothing is kept."""
        return str(self._fact("url") or "")

    @property
    def digest(self) -> str | None:
        """The digest of the artifact it was committed to, ``sha256:…``; None before.

        It is the experiment's identity everywhere: two artifacts of one digest are equal.
        """
        if self._loaded is not None and self._loaded.digest is not None:
            return self._loaded.digest
        commit = self._fact("commit")
        return None if commit is None else str(commit.digest)

    @property
    def is_committed(self) -> bool:
        """Whether it is sealed: it and its runs take nothing more."""
        return self.digest is not None

    @property
    def parent(self) -> str | None:
        """The id of the experiment that this one was forked from, or None."""
        found: str | None = self._fact("parent")
        return found

    def __repr__(self) -> str:
        sealed = " committed" if self.is_committed else ""
        return f"<Experiment {self.name!r} {self.status}{sealed}>"

    # -- its runs ------------------------------------------------------------------------------

    @property
    def runs(self) -> Runs[StoredRun]:
        """Its runs in the order of their ``run_id``, those of a fork's parent too.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("two") as experiment:
            ...     for lr in (0.1, 0.2):
            ...         with experiment.run() as run:
            ...             run.log_parameter("lr", lr)
            >>> [(run.run_id, run.parameters["lr"]) for run in experiment.runs]
            [(0, 0.1), (1, 0.2)]
        """
        from trialog._public.stored import StoredRun  # noqa: PLC0415 # loads SQL

        return self._experiment_reader().runs(StoredRun)

    def get_run(self, run_id: int) -> StoredRun:
        """The run of a number; ``runs[n]`` is the n-th of those there are.

        Raises:
            NotFoundError: there is none; the message says which there are.
            InvalidTypeError: it is no number.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("numbered") as experiment:
            ...     experiment.run("baseline").finish()
            >>> experiment.get_run(0).name
            'baseline'
        """
        if type(run_id) is not int:
            raise InvalidTypeError(
                f"a run of an experiment is found by its run_id, a number, not by {run_id!r}; "
                "trialog.get_run(name) finds it by name"
            )
        runs = self.runs
        for run in runs:
            if run.run_id == run_id:
                return run
        last = max((run.run_id or 0 for run in runs), default=None)
        there = "it has none" if last is None else f"it has {len(runs)}, the last one is {last}"
        raise NotFoundError(f"experiment {self.name!r} has no run {run_id}: {there}")

    def run_parameters_df(
        self,
        *,
        status: bool = False,
        times: bool = False,
        metrics: bool | str | Sequence[str] = False,
    ) -> pd.DataFrame:
        """The parameters: a row for each run (index ``run_id``), a column for each parameter.

        Every run is there, open and failed ones and such without parameters too. The columns are
        boolean, Int64, Float64 (also of ints and floats mixed) and string; other mixtures are
        object columns. A parameter called ``run_id`` is the column ``parameters.run_id``.

        Args:
            status: with the columns ``status`` and ``reason``.
            times: with ``date_created``, ``date_ended`` (UTC) and ``duration`` (seconds).
            metrics: with ``last(metric)`` of all metrics, of one, or of several.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("frame") as experiment:
            ...     with experiment.run() as run:
            ...         run.log_parameter("lr", 0.1)
            ...         run.log("loss", 0.5)
            >>> frame = experiment.run_parameters_df(status=True, metrics="loss")
            >>> frame[["status", "lr", "last(loss)"]].values.tolist()
            [['COMPLETED', 0.1, 0.5]]
        """
        from trialog._reading import experiments  # noqa: PLC0415 # loads SQL

        reader = self._experiment_reader()
        return experiments.run_parameters_df(
            reader.catalog, [reader], status=status, times=times, metrics=metrics, is_one=True
        )

    def solves_df(self) -> pd.DataFrame:
        """The calls of solvers: run_id, name, adapter, status, objective, seconds; a row for each.

        Of a call beside the runs (``experiment.log_solve``) the ``run_id`` is NA.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("unsolved") as experiment:
            ...     pass
            >>> list(experiment.solves_df().columns)
            ['run_id', 'name', 'adapter', 'status', 'objective', 'seconds']
        """
        from trialog._reading import experiments  # noqa: PLC0415 # loads SQL

        return experiments.solves_df([self._experiment_reader()], is_one=True)

    # -- inside --------------------------------------------------------------------------------

    def _card(self) -> Card | None:
        if self._own is None and self._loaded is not None:
            return _loaded_card(self)
        if self._own is not None and self._own.address is None:
            return None
        from trialog._reading.showing import experiment_card  # noqa: PLC0415 # loads SQL

        reader = self._experiment_reader()
        record = reader.record()
        return experiment_card(reader.catalog, record, reader.members())

    def _fact(self, name: str) -> Any:
        if self._own is None and self._loaded is not None:
            return getattr(self._loaded.facts, name)
        if self._own is not None and self._own.address is None:
            return _unkept_fact(self._own, name)
        return getattr(self._record(), name)

    def _record(self) -> RunRecord:
        return self._experiment_reader().record()

    @property
    def _recorder(self) -> ExperimentRecorder:
        """What writes it; of a loaded one, once it has been brought into the store."""
        if self._own is None:
            from trialog._tracking.experiments import open_experiment  # noqa: PLC0415 # as below

            assert self._loaded is not None  # noqa: S101 # it is one or the other
            self._own = open_experiment(self._loaded.bring_in())
        return self._own

    def _address(self) -> Address:
        address = self._recorder.address
        if address is None:
            raise UsageError("TRIALOG_MODE=disabled keeps nothing: there is nothing to read")
        return address

    def _experiment_reader(self) -> ExperimentReader:
        from trialog._reading import ExperimentReader, catalog_of  # noqa: PLC0415 # loads SQL

        address = self._address()
        catalog = catalog_of(address.home)
        return ExperimentReader(catalog, address.namespace, address.project, address.experiment)

    def _reader(self) -> ContentReader | UnkeptReader:
        if self._own is not None and self._own.address is None:
            return UnkeptReader(self.name)
        from trialog._catalog import ProjectPlace, RunPlace  # noqa: PLC0415 # loads SQL and numpy
        from trialog._public.fetching import fetch_blob  # noqa: PLC0415 # as above
        from trialog._reading import ContentReader, catalog_of  # noqa: PLC0415 # as above

        address = self._address()
        place = RunPlace(
            ProjectPlace(address.namespace, address.project),
            day_of(address.experiment),
            address.experiment,
        )
        catalog = catalog_of(address.home)
        return ContentReader(catalog, place, partial(fetch_blob, catalog, place, None))


def _loaded_card(experiment: ExperimentFacts) -> Card:
    """What an artifact says by itself: to show it brings nothing into the store."""
    from trialog._display.cards import Card  # noqa: PLC0415 # only who shows needs it
    from trialog._display.words import at  # noqa: PLC0415 # as above

    began = f"began {at(experiment.date_created.astimezone())}"
    digest = [] if experiment.digest is None else [f"committed as {experiment.digest[:19]}…"]
    return Card(
        name=experiment.name,
        place=f"{experiment.organization.slug}/{experiment.project.slug}",
        status=experiment.status,
        reason=experiment.reason,
        description=experiment.description,
        tags=experiment.tags,
        facts=[began, "loaded, not in the store", *digest],
    )


def _unkept_fact(recorder: ExperimentRecorder, name: str) -> Any:
    """A fact of an experiment that keeps nothing: its record says what it was given."""
    if name in ("annotations", "commit", "parent"):
        return None
    run = recorder.recording()
    return getattr(run, name)
