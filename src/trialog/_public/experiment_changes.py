"""What can be done to an experiment in this store, committed or not: names, forks, deleting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from trialog._public.experiment_facts import ExperimentFacts
from trialog._tracking.client import LocalClient
from trialog._tracking.experiments import (
    ExperimentRecorder,
    edit_experiment,
    rename_experiment,
    start_experiment,
    tag_experiment,
)
from trialog._tracking.starting import Record
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._tracking.hooks import Hook


class ExperimentChanges(ExperimentFacts):
    """Facts about an experiment in this store; what was sealed stays as it is."""

    _commits: bool

    @classmethod
    def _of(cls, recorder: ExperimentRecorder | None, loaded: Any = None) -> Self:
        raise NotImplementedError

    def fork(
        self,
        name: str | None = None,
        *,
        namespace: str | None = None,
        project: str | None = None,
        commit: bool = True,
        description: str | None = None,
        tags: str | Iterable[str] = (),
        parameters: Any = None,
        capture: bool | str | Iterable[str] | None = None,
        hooks: Hook | Iterable[Hook] | None = None,
        strict: bool = False,
    ) -> Self:
        """A new experiment that goes on from this one, which stays as it is.

        The runs of this one belong to it, and its own go on with their numbers. Its artifact says
        whose fork it is, and sends nothing twice.

        Args:
            name: as for :class:`Experiment`; this one's with ``_1``, ``_2``, … where not given.
            namespace: this one's where neither it nor the project is given.
            project: as the namespace.
            commit: False leaves it open after its block.
            description: what it is about.
            tags: labels to find it by.
            parameters: its own.
            capture: what it keeps about itself.
            hooks: whom to tell.
            strict: raise where the store cannot take what is logged.

        Raises:
            UsageError: this one is not committed; or as :class:`Experiment`.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("base") as base:
            ...     base.run(parameters={"lr": 0.1}).finish()
            >>> with base.fork("more") as more:
            ...     more.run(parameters={"lr": 0.2}).finish()
            >>> more.run_parameters_df()["lr"].tolist(), len(base.runs)
            ([0.1, 0.2], 1)
        """
        recorder = self._recorder
        start, address = recorder.start, recorder.address
        if namespace is None and project is None:
            namespace = start.namespace_name or start.namespace
            project = start.project_name or start.project
        digest = self.digest
        if address is not None and digest is None:
            raise UsageError(
                f"the experiment {self.name!r} is not committed, so it cannot be forked: "
                "experiment.commit() first, or go on with it itself"
            )
        forked = start_experiment(
            self.name if name is None else name,
            description,
            namespace=namespace,
            project=project,
            client=None if address is None else LocalClient(address.home),
            tags=tags,
            parameters=parameters,
            capture=capture,
            hooks=hooks,
            strict=strict,
            parent=start.run,
            record=Record(number=self._next_number(), subject=digest),
        )
        experiment = self._of(forked)
        experiment._commits = commit  # noqa: SLF001 # of its own class
        return experiment

    def rename(self, name: str) -> str:
        """Give it another name; the old one goes on leading to it.

        Args:
            name: the new one; a taken one gets ``_1``, ``_2``, …, and that is said.

        Returns:
            The name that it has now.

        Raises:
            InvalidNameError: it cannot be a name.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("sweep") as experiment:
            ...     pass
            >>> experiment.rename("sweep of learning rates")
            'sweep of learning rates'
            >>> trialog.Experiment.open("sweep").name
            'sweep of learning rates'
        """
        return rename_experiment(self._address(), name)

    def tag(self, name: str) -> None:
        """Let one more name of this store lead to it, for ``open``, ``load`` and the command line.

        Raises:
            InvalidNameError: it cannot be a name.
            UsageError: it leads to another experiment.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("sweep-7") as experiment:
            ...     pass
            >>> experiment.tag("best")
            >>> trialog.Experiment.open("best").name
            'sweep-7'
        """
        tag_experiment(self._address(), name)

    def delete(self) -> None:
        """Hide it from lists; nothing is removed, and :meth:`restore` brings it back.

        Raises:
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("a mistake") as experiment:
            ...     pass
            >>> experiment.delete()
            >>> len(trialog.experiments())
            0
            >>> experiment.restore()
            >>> len(trialog.experiments())
            1
        """
        edit_experiment(self._address(), deleted=True)

    def restore(self) -> None:
        """Bring a deleted one back.

        Raises:
            StoreError: the store cannot be written.
        """
        edit_experiment(self._address(), deleted=False)

    def _next_number(self) -> int:
        """The number of the first run of a fork."""
        recorder = self._recorder
        if recorder.address is None:
            return recorder.next_number
        rows = self._experiment_reader().rows(with_deleted=True)
        numbers = [row.facts.number for row in rows if row.facts.number is not None]
        return max(numbers, default=(recorder.start.number or 0) - 1) + 1
