"""One call of a solver, from the instance it is given to the fact about it in the journal."""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from trialog._format.facts import Solve
from trialog._format.records import Kind
from trialog._format.values import dump_json, load_json, writable_text
from trialog._names import check_path_name
from trialog._redaction import REDACTED, says_secret
from trialog._tracking.console_edges import settle_console
from trialog._tracking.endings import describe
from trialog._tracking.solve_outcomes import (
    Outcome,
    SolveStatus,
    outcome_of_error,
    outcome_of_samples,
    outcome_of_solution,
)
from trialog._writing.blockfile import JournalClosedError
from trialog.codecs._ommx import OmmxKind, ommx_codec_for, ommx_kind
from trialog.codecs._origin import type_name
from trialog.errors import InvalidTypeError, TrialogError

if TYPE_CHECKING:
    from trialog._tracking.facts import FactLog

SolveKind: TypeAlias = Literal["solve", "sample"]
Facts: TypeAlias = "Callable[[], FactLog]"
"""Gives the facts of a run, or raises where it has ended."""

_RESULTS: dict[OmmxKind, tuple[SolveKind, Callable[[Any], Outcome]]] = {
    "Solution": ("solve", outcome_of_solution),
    "SampleSet": ("sample", outcome_of_samples),
}


class Purpose(NamedTuple):
    """What is asked of whom.

    Attributes:
        kind: a solution, or samples.
        adapter: the dotted path of the adapter's class, or the name of a solver.
        name: what the user calls the call, or None.
    """

    kind: SolveKind
    adapter: str
    name: str | None

    def __str__(self) -> str:
        return f"the {self.kind} of {self.adapter}"


class Diagnostics:
    """Takes what an adapter tells while it works: OMMX's ``DiagnosticsSink``."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def record(self, diagnostic: Any) -> None:
        """Keep a report of the adapter's; never raises."""
        self.told.append(diagnostic)

    def encode(self) -> bytes:
        """All of them as a JSON list; one that JSON cannot hold, as its text."""
        return dump_json([_plain(each) for each in self.told], "diagnostics")


class SolveCall:
    """Keeps the input, hands out a copy of it, and notes what came of it.

    The input is in the store before the solver begins, as it was then.
    """

    def __init__(
        self, facts: Facts, purpose: Purpose, instance: object, options: Mapping[str, object]
    ) -> None:
        """Check everything that can be wrong before the solver begins.

        Raises:
            InvalidTypeError: no instance of OMMX's, or an option that is not JSON.
            InvalidNameError: a name that cannot be one.
            RunFinishedError: the run has ended.
        """
        if ommx_kind(instance) != "Instance":
            raise InvalidTypeError(f"an ommx Instance is solved, not a {type_name(instance)}")
        if purpose.name is not None:
            check_path_name(purpose.name, "solve")
        self._facts = facts
        self._purpose = purpose
        self._options: dict[str, Any] = {}
        for name, value in options.items():
            self.note_option(name, value)
        self._input = self._keep_object(instance, "input")
        self.instance: Any = copy.deepcopy(instance)  # solvers change theirs
        self.diagnostics = Diagnostics()
        self._began_ns = 0
        self._began_s = 0.0

    def note_option(self, name: str, value: object) -> None:
        """Note what the adapter is told; what its name says is a secret is not kept.

        Raises:
            InvalidTypeError: it is not JSON; the message names it.
        """
        data = dump_json(value, f"the option {name!r} of {self._purpose.adapter}")
        self._options[name] = REDACTED if says_secret(name) else load_json(data)

    def begin(self) -> None:
        """The solver begins now: what is printed from here on is its console."""
        settle_console()
        self._began_ns = time.time_ns()
        self._began_s = time.perf_counter()

    def note_result(self, result: object, wanted: OmmxKind) -> SolveStatus:
        """The solver has given something.

        Returns:
            What that means.

        Raises:
            InvalidTypeError: it is not what it should have given; that it failed is noted.
            RunFinishedError: the run has ended meanwhile.
            StoreError: it could not be kept, and the user asked for errors.
        """
        found = ommx_kind(result)
        if found != wanted:
            error = InvalidTypeError(
                f"{self._purpose.adapter} gave a {type_name(result)}, not an ommx {wanted}"
            )
            self.note_error(error)
            raise error
        kind, outcome_of = _RESULTS[wanted]
        ended_s = self._end()
        output = self._keep_object(result, "output")
        return self._append(outcome_of(result), ended_s, kind, output=output)

    def note_error(self, error: BaseException) -> SolveStatus:
        """An exception has left the solver: it goes on whatever happens here."""
        outcome = outcome_of_error(error)
        try:
            ended_s = self._end()
            self._append(outcome, ended_s, self._purpose.kind, exception=describe(error))
        except (TrialogError, JournalClosedError) as trouble:
            error.add_note(f"trialog: {self._purpose} could not be recorded: {trouble}")
        return outcome.status

    def note_nothing(self) -> SolveStatus:
        """The solver has come to its end without any solution, and without an error."""
        return self._append(Outcome("failed"), self._end(), self._purpose.kind)

    def _end(self) -> float:
        settle_console()
        return time.perf_counter()

    def _append(
        self, outcome: Outcome, ended_s: float, kind: SolveKind, **more: Any
    ) -> SolveStatus:
        diagnostics = None
        if self.diagnostics.told:
            data = self.diagnostics.encode()
            diagnostics = self._keep(data, "application/json", "diagnostics")
        fact = Solve(
            kind=kind,
            name=self._purpose.name,
            adapter=self._purpose.adapter,
            options=self._options,
            status=outcome.status,
            input=self._input,
            objective=outcome.objective,
            began_ns=self._began_ns,
            duration_ns=round((ended_s - self._began_s) * 1e9),
            diagnostics=diagnostics,
            **more,
        )
        self._facts().append(Kind.SOLVE, asdict(fact), str(self._purpose))
        return outcome.status

    def _keep_object(self, value: Any, what: str) -> dict[str, Any]:
        codec = ommx_codec_for(value)
        if codec is None:
            raise InvalidTypeError(f"{what} is no object of OMMX's, but a {type_name(value)}")
        return self._keep(codec.encode(value), codec.media_type, what)

    def _keep(self, data: bytes, media_type: str, what: str) -> dict[str, Any]:
        """Bytes in the store, and where; where they could not be kept, which ones they were."""
        blob = self._facts().keep(lambda blobs: blobs.put(data), f"{what} of {self._purpose}")
        digest = hashlib.sha256(data).hexdigest() if blob is None else blob.sha256
        return {"sha256": digest, "size_bytes": len(data), "media_type": media_type}


def _plain(diagnostic: Any) -> Any:
    """A report as JSON, whatever an adapter takes for one: its code must not lose the solution."""
    try:
        is_report = is_dataclass(diagnostic) and not isinstance(diagnostic, type)
        plain = asdict(diagnostic) if is_report else diagnostic
        dump_json(plain, "diagnostic")
    except Exception:  # noqa: BLE001 # the adapter's classes may do anything
        return {"type": type_name(diagnostic), "text": _text_of(diagnostic)}
    return plain


def _text_of(diagnostic: Any) -> str | None:
    try:
        return writable_text(repr(diagnostic))
    except Exception:  # noqa: BLE001 # as above
        return None
