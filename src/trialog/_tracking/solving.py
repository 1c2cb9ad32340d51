"""OMMX's objects and solvers: what a run and an experiment offer for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialog._tracking.facts import FactLog
    from trialog._tracking.open_solves import OpenSolve
    from trialog._tracking.solves import OnError
    from trialog.codecs._ommx import OmmxKind


class Solving:
    """Logs OMMX's objects and calls its adapters; mixed into runs and experiments.

    Needs ``pip install "trialog[ommx]"``.
    """

    def _facts(self) -> FactLog:
        """Where facts go, or an error where nothing more is taken."""
        raise NotImplementedError

    def _refusing(self) -> AbstractContextManager[None]:
        """A block in which a closed journal is told as what it means."""
        raise NotImplementedError

    def log_with_codec(self, codec: Any, name: str, value: Any) -> None:
        """Attach what a codec makes of a value."""
        raise NotImplementedError

    def log_instance(self, name: str, instance: Any) -> None:
        """Attach an ``ommx`` Instance.

        What is solved needs no such call: :meth:`log_solve` keeps its input.

        Raises:
            InvalidTypeError: it is no Instance.
            RunFinishedError, InvalidNameError, AttachmentExistsError: as :meth:`Run.log_json`.

        Example:
            >>> run, models = getfixture("run"), getfixture("models")
            >>> run.log_instance("problem", models.knapsack())
            >>> run.get_value("problem").title
            'knapsack'
        """
        self._log_ommx("Instance", name, instance)

    def log_parametric_instance(self, name: str, pi: Any) -> None:
        """Attach an ``ommx`` ParametricInstance.

        Raises:
            InvalidTypeError, RunFinishedError, InvalidNameError: as :meth:`log_instance`.

        Example:
            >>> run, models = getfixture("run"), getfixture("models")
            >>> run.log_parametric_instance("family", models.knapsack().as_parametric_instance())
            >>> type(run.get_value("family")).__name__
            'ParametricInstance'
        """
        self._log_ommx("ParametricInstance", name, pi)

    def log_solution(self, name: str, solution: Any) -> None:
        """Attach an ``ommx`` Solution.

        Raises:
            InvalidTypeError, RunFinishedError, InvalidNameError: as :meth:`log_instance`.

        Example:
            >>> run, models = getfixture("run"), getfixture("models")
            >>> run.log_solution("greedy", models.knapsack().evaluate({0: 1, 1: 1, 2: 0}))
            >>> run.get_value("greedy").objective
            7.0
        """
        self._log_ommx("Solution", name, solution)

    def log_sample_set(self, name: str, sample_set: Any) -> None:
        """Attach an ``ommx`` SampleSet.

        Raises:
            InvalidTypeError, RunFinishedError, InvalidNameError: as :meth:`log_instance`.

        Example:
            >>> from ommx_openjij_adapter import OMMXOpenJijSAAdapter
            >>> run, models = getfixture("run"), getfixture("models")
            >>> samples = OMMXOpenJijSAAdapter.sample(models.free(), num_reads=2)
            >>> run.log_sample_set("samples", samples)
            >>> len(run.get_value("samples").feasible)
            2
        """
        self._log_ommx("SampleSet", name, sample_set)

    def log_solve(
        self,
        adapter: type[Any],
        instance: Any,
        *,
        name: str | None = None,
        on_error: OnError = "raise",
        store_diagnostics: bool = False,
        **options: Any,
    ) -> Any:
        """Solve an instance by an adapter of OMMX's, and record the call.

        Kept are the instance as it was before, the solution, the adapter's path, its options and
        how long it took; what the solver prints is in the console between its beginning and its
        end. The adapter gets a copy of the instance.

        Args:
            adapter: a subclass of ``ommx.adapter.SolverAdapter``.
            instance: what to solve.
            name: what to call it.
            on_error: ``"record"`` goes on where the adapter raises: infeasible is a result.
            store_diagnostics: whether to keep what the adapter tells on the way (OMMX 3).
            options: what the adapter is called with; JSON. They are no parameters of the run.

        Returns:
            The solution; None where there is none and ``on_error="record"``.

        Raises:
            InvalidTypeError: no such adapter or instance, or an option that is not JSON.
            UsageError: ``on_error`` is another word.
            RunFinishedError: the run has ended.
            ModuleNotFoundError: ommx is not installed. What the adapter raises passes through.

        Example:
            >>> from ommx_highs_adapter import OMMXHighsAdapter
            >>> run, models = getfixture("run"), getfixture("models")
            >>> run.log_solve(OMMXHighsAdapter, models.knapsack()).objective
            8.0
            >>> [(solve.status, solve.objective) for solve in run.solves]
            [('optimal', 8.0)]
        """
        from trialog._tracking.solves import log_solve  # noqa: PLC0415 # for who solves

        with self._refusing():
            return log_solve(
                self._facts,
                adapter,
                instance,
                name=name,
                on_error=on_error,
                store_diagnostics=store_diagnostics,
                options=options,
            )

    def log_sample(
        self,
        adapter: type[Any],
        instance: Any,
        *,
        name: str | None = None,
        on_error: OnError = "raise",
        store_diagnostics: bool = False,
        **options: Any,
    ) -> Any:
        """Sample an instance by an adapter of OMMX's; all else as :meth:`log_solve`.

        Args:
            adapter: a subclass of ``ommx.adapter.SamplerAdapter``.
            instance: what to sample.
            name: what to call it.
            on_error: ``"record"`` goes on where the adapter raises.
            store_diagnostics: whether to keep what the adapter tells on the way (OMMX 3).
            options: what the adapter is called with; JSON.

        Returns:
            The sample set; None where there is none and ``on_error="record"``.

        Raises:
            InvalidTypeError, UsageError, RunFinishedError: as :meth:`log_solve`.

        Example:
            >>> from ommx_openjij_adapter import OMMXOpenJijSAAdapter
            >>> run, models = getfixture("run"), getfixture("models")
            >>> samples = run.log_sample(OMMXOpenJijSAAdapter, models.free(), num_reads=2)
            >>> run.solves[0].kind
            'sample'
        """
        from trialog._tracking.solves import log_sample  # noqa: PLC0415 # for who solves

        with self._refusing():
            return log_sample(
                self._facts,
                adapter,
                instance,
                name=name,
                on_error=on_error,
                store_diagnostics=store_diagnostics,
                options=options,
            )

    def open_solve(
        self, adapter: Any, instance: Any, *, name: str | None = None, **options: Any
    ) -> OpenSolve:
        """A block in which you drive the solver by hand; the call is recorded when it ends.

        Args:
            adapter: a subclass of ``ommx.adapter.SolverAdapter``, or the name of a solver.
            instance: what to solve.
            name: what to call it.
            options: what the adapter is made with; JSON.

        Raises:
            InvalidTypeError, RunFinishedError: as :meth:`log_solve`.

        Example:
            >>> run, models = getfixture("run"), getfixture("models")
            >>> with run.open_solve("greedy", models.knapsack()) as solve:
            ...     solve.record(solve.instance.evaluate({0: 1, 1: 1, 2: 0}))
            >>> run.solves[0].status
            'feasible'
        """
        from trialog._tracking.open_solves import OpenSolve  # noqa: PLC0415 # for who solves

        with self._refusing():
            return OpenSolve(self._facts, adapter, instance, name=name, options=options)

    def _log_ommx(self, kind: OmmxKind, name: str, value: Any) -> None:
        from trialog.codecs._ommx import codec_of_kind  # noqa: PLC0415 # for who solves

        self.log_with_codec(codec_of_kind(kind, value), name, value)
