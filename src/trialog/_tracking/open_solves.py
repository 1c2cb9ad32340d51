"""A solver that the user drives by hand, noted in a run."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from trialog._names import check_name
from trialog._tracking.solve_calls import Diagnostics, Facts, Purpose, SolveCall
from trialog._tracking.solve_outcomes import SolveStatus
from trialog._tracking.solves import adapter_path
from trialog._writing.blockfile import JournalClosedError
from trialog.codecs._ommx import OmmxKind, ommx_kind
from trialog.codecs._origin import type_name
from trialog.errors import InvalidTypeError, TrialogError, UsageError

_MISSING = object()


class OpenSolve:
    """A ``with`` block in which a solver is driven by hand; it is noted when the block ends.

    What the solver prints in the block is its console. An exception is noted and goes on.
    """

    def __init__(
        self,
        facts: Facts,
        adapter: Any,
        instance: Any,
        *,
        name: str | None = None,
        options: Mapping[str, Any],
    ) -> None:
        """Use ``run.open_solve(…)`` instead.

        Args:
            facts: of the run.
            adapter: a subclass of ``ommx.adapter.SolverAdapter``; or the name of a solver that has
                none.
            instance: what to solve.
            name: what to call it.
            options: what the adapter is made with.

        Raises:
            InvalidTypeError: no such adapter or instance, or an option that is not JSON.
            RunFinishedError: the run has ended.
            ModuleNotFoundError: ommx is not installed.
        """
        self._class = None if isinstance(adapter, str) else adapter
        path = (
            check_name(adapter, "solver")
            if isinstance(adapter, str)
            else adapter_path(adapter, "solve")
        )
        self._call = SolveCall(facts, Purpose("solve", path, name), instance, options)
        self._path = path
        self._options = dict(options)
        self._adapter: Any = None
        self._result: Any = _MISSING
        self._is_open = False
        self._status: SolveStatus | None = None

    def __enter__(self) -> Self:
        """Make the adapter and begin."""
        if self._is_open or self._status is not None:
            raise UsageError(f"this solve of {self._path} was opened before; open another")
        self._call.begin()
        if self._class is not None:
            try:
                self._adapter = self._class(self._call.instance, **self._options)
            except BaseException as error:
                self._status = self._call.note_error(error)
                raise
        self._is_open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Note what came of it."""
        self._is_open = False
        if error is not None:
            self._note_left(error)
        elif self._result is _MISSING:
            silent = UsageError(
                f"this solve of {self._path} ends without a result: call decode(…) or "
                "record(solution) in the block, record(None) where the solver found none"
            )
            self._status = self._call.note_error(silent)
            raise silent
        else:
            self._status = self._note_result()

    def _note_left(self, error: BaseException) -> None:
        """An exception leaves the block: a result that was there before is one all the same."""
        if self._result is _MISSING:
            self._status = self._call.note_error(error)
            return
        try:
            self._status = self._note_result()
        except (TrialogError, JournalClosedError) as trouble:
            self._status = "failed"
            error.add_note(f"trialog: the solve of {self._path} could not be recorded: {trouble}")

    def _note_result(self) -> SolveStatus:
        if self._result is None:
            return self._call.note_nothing()
        wanted: OmmxKind = ommx_kind(self._result) or "Solution"
        return self._call.note_result(self._result, wanted)

    @property
    def adapter(self) -> Any:
        """The adapter, made with a copy of the instance; None where there is only a name."""
        self._check_open()
        return self._adapter

    @property
    def instance(self) -> Any:
        """The copy of the instance, for solvers without an adapter."""
        self._check_open()
        return self._call.instance

    @property
    def solver_input(self) -> Any:
        """The solver's own model, as the adapter made it."""
        self._check_open()
        if self._adapter is None:
            raise UsageError(f"{self._path} is a name only: make the model of .instance yourself")
        return self._adapter.solver_input

    @property
    def diagnostics(self) -> Diagnostics:
        """Takes reports, dataclasses or JSON: ``solve.diagnostics.record(report)``."""
        self._check_open()
        return self._call.diagnostics

    @property
    def status(self) -> SolveStatus | None:
        """What came of it; None while it is open."""
        return self._status

    def log_adapter_option(self, name: str, value: Any) -> None:
        """Note an option that was set on the solver's own model.

        Raises:
            InvalidTypeError: the value is not JSON.
            UsageError: the block has ended.
        """
        self._check_open()
        self._call.note_option(check_name(name, "option"), value)

    def decode(self, data: Any) -> Any:
        """The solution that the adapter makes of the solver's output; it is recorded too.

        What the adapter raises goes on.
        """
        self._check_open()
        if self._adapter is None:
            raise UsageError(f"{self._path} is a name only: record(solution) yourself")
        solution = self._adapter.decode(data)
        self.record(solution)
        return solution

    def record(self, result: Any) -> None:
        """Note the solution or sample set; the last one counts. None: the solver found none.

        Raises:
            InvalidTypeError: it is neither.
            UsageError: the block has ended.
        """
        self._check_open()
        if result is not None and ommx_kind(result) not in ("Solution", "SampleSet"):
            raise InvalidTypeError(
                f"an ommx Solution or SampleSet is recorded, not a {type_name(result)}"
            )
        self._result = result

    def _check_open(self) -> None:
        if not self._is_open:
            state = "has ended" if self._status is not None else "was not entered"
            raise UsageError(f"this solve of {self._path} {state}: use it in its with block")
