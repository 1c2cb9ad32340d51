"""Calls of solvers and samplers, as they were recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from trialog._format.facts import Solve
from trialog._format.times import date_of
from trialog._reading.records import RunException, exception_of
from trialog.errors import NotFoundError

_BILLION = 1_000_000_000


class BlobOf(NamedTuple):
    """What went into a solver, or came out of it: where its bytes lie, and what they are."""

    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveInfo:
    """A call of a solver or a sampler.

    Attributes:
        kind: ``solve`` or ``sample``.
        name: what the user called it, or None.
        adapter: the dotted path of the adapter's class.
        options: what the adapter was called with.
        status: ``optimal``, ``feasible``, ``infeasible``, ``unbounded``, ``failed`` or
            ``interrupted``; ``finished`` of OMMX's own experiments, which say no more.
        objective: the objective value of what came out, or None.
        seconds: how long it took.
        date_began, date_ended: UTC; what the run printed in between is the solver's console.
        exception: what ended it, or None.
        input: what went in, as a blob.
        output: what came out, as a blob, or None.
        diagnostics: what the adapter told on the way, as a blob, or None.
    """

    kind: str
    name: str | None
    adapter: str
    options: dict[str, Any]
    status: str
    objective: float | None
    seconds: float
    date_began: datetime
    date_ended: datetime
    exception: RunException | None
    input: BlobOf
    output: BlobOf | None
    diagnostics: BlobOf | None = None
    _read: Callable[[BlobOf], Any] = field(repr=False, compare=False)

    def get_input(self) -> Any:
        """The instance, as it was before the solver had it.

        Raises:
            IntegrityError: its bytes are missing or not what was kept.
            UsageError: no codec here reads it: ``pip install "trialog[ommx]"``.
        """
        return self._read(self.input)

    def get_output(self) -> Any:
        """The solution, or the samples.

        Raises:
            NotFoundError: nothing came out.
            IntegrityError, UsageError: as :meth:`get_input`.
        """
        if self.output is None:
            raise NotFoundError(f"nothing came out of {self.adapter}: it is {self.status}")
        return self._read(self.output)

    def get_diagnostics(self) -> list[Any]:
        """What the adapter told on the way; empty unless ``store_diagnostics=True``.

        Raises:
            IntegrityError: as :meth:`get_input`.
        """
        return [] if self.diagnostics is None else list(self._read(self.diagnostics))


def solve_info(content: dict[str, Any], read: Callable[[BlobOf], Any]) -> SolveInfo:
    """A call of a solver, of the payload of its record.

    Args:
        content: the payload.
        read: makes an object of a blob.
    """
    solve = Solve.from_json(content)
    return SolveInfo(
        kind=solve.kind,
        name=solve.name,
        adapter=solve.adapter,
        options=solve.options or {},
        status=solve.status,
        objective=solve.objective,
        seconds=solve.duration_ns / _BILLION,
        date_began=date_of(solve.began_ns),
        date_ended=date_of(solve.began_ns + solve.duration_ns),
        exception=exception_of(solve.exception),
        input=_blob(solve.input),
        output=None if solve.output is None else _blob(solve.output),
        diagnostics=None if solve.diagnostics is None else _blob(solve.diagnostics),
        _read=read,
    )


def _blob(content: dict[str, Any]) -> BlobOf:
    return BlobOf(content["sha256"], content["size_bytes"], content["media_type"])
