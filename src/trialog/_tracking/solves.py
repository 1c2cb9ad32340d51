"""Solving and sampling with OMMX's adapters, noted in a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from trialog._names import shown
from trialog._tracking.solve_calls import Facts, Purpose, SolveCall, SolveKind
from trialog.codecs._ommx import OmmxKind, import_ommx
from trialog.errors import InvalidTypeError, UsageError

OnError: TypeAlias = Literal["raise", "record"]
_ON_ERROR = ("raise", "record")
_BASES: dict[SolveKind, str] = {"solve": "SolverAdapter", "sample": "SamplerAdapter"}
_RESERVED = "diagnostics"


def log_solve(
    facts: Facts,
    adapter: Any,
    instance: Any,
    *,
    name: str | None = None,
    on_error: OnError = "raise",
    store_diagnostics: bool = False,
    options: Mapping[str, Any],
) -> Any:
    """Solve an instance and note the call.

    Args:
        facts: of the run.
        adapter: a subclass of ``ommx.adapter.SolverAdapter``.
        instance: what to solve; a copy of it, so that it stays as it is.
        name: what to call it.
        on_error: ``raise`` passes on what the adapter raises; ``record`` notes it and goes on.
        store_diagnostics: whether to keep what the adapter tells on the way (OMMX 3).
        options: what the adapter is called with.

    Returns:
        The solution; None where there is none and ``on_error="record"``.

    Raises:
        InvalidTypeError: no such adapter or instance, or an option that is not JSON.
        UsageError: ``on_error`` is another, or the adapter tells no diagnostics.
        RunFinishedError: the run has ended.
        ModuleNotFoundError: ommx is not installed.
    """
    calls = _Calls(facts, _purpose(adapter, "solve", name), on_error, store_diagnostics)
    return calls.call(adapter.solve, instance, options, "Solution")


def log_sample(
    facts: Facts,
    adapter: Any,
    instance: Any,
    *,
    name: str | None = None,
    on_error: OnError = "raise",
    store_diagnostics: bool = False,
    options: Mapping[str, Any],
) -> Any:
    """Sample an instance and note the call; all else as :func:`log_solve`.

    Args:
        facts: of the run.
        adapter: a subclass of ``ommx.adapter.SamplerAdapter``.
        instance: what to sample.
        name: what to call it.
        on_error: ``raise`` or ``record``.
        store_diagnostics: whether to keep what the adapter tells on the way.
        options: what the adapter is called with.

    Returns:
        The sample set; None where there is none and ``on_error="record"``.
    """
    calls = _Calls(facts, _purpose(adapter, "sample", name), on_error, store_diagnostics)
    return calls.call(adapter.sample, instance, options, "SampleSet")


def adapter_path(adapter: Any, kind: SolveKind) -> str:
    """The dotted path of an adapter's class.

    Raises:
        InvalidTypeError: it is no class, or not of the kind.
        ModuleNotFoundError: ommx is not installed.
    """
    import_ommx(f"log_{kind}")
    import ommx.adapter as adapters  # noqa: PLC0415 # optional

    base = _BASES[kind]
    if not isinstance(adapter, type):
        hint = "; give the class, not an instance" if hasattr(adapter, "solver_input") else ""
        raise InvalidTypeError(
            f"the adapter must be a subclass of ommx.adapter.{base}, not {shown(adapter)}{hint}"
        )
    path = f"{adapter.__module__}.{adapter.__qualname__}"
    if not issubclass(adapter, getattr(adapters, base)):
        raise InvalidTypeError(
            f"the adapter must be a subclass of ommx.adapter.{base}, which {path} is not"
        )
    return path


def _purpose(adapter: Any, kind: SolveKind, name: str | None) -> Purpose:
    return Purpose(kind, adapter_path(adapter, kind), name)


class _Calls:
    """How a call is made, and what becomes of its errors."""

    def __init__(
        self, facts: Facts, purpose: Purpose, on_error: object, store_diagnostics: bool
    ) -> None:
        if on_error not in _ON_ERROR:
            raise UsageError(f"on_error must be 'raise' or 'record', not {shown(on_error)}")
        self._facts = facts
        self._purpose = purpose
        self._raises = on_error == "raise"
        self._stores_diagnostics = store_diagnostics

    def call(
        self,
        function: Callable[..., Any],
        instance: object,
        options: Mapping[str, Any],
        wanted: OmmxKind,
    ) -> Any:
        if _RESERVED in options:
            raise UsageError(f"{_RESERVED!r} is no option: pass store_diagnostics=True")
        call = SolveCall(self._facts, self._purpose, instance, options)
        told = {}
        if self._stores_diagnostics:
            self._check_tells(function)
            told[_RESERVED] = call.diagnostics
        call.begin()
        try:
            result = function(call.instance, **options, **told)
        except BaseException as error:
            call.note_error(error)
            if self._raises or not isinstance(error, Exception):
                raise
            return None
        call.note_result(result, wanted)
        return result

    def _check_tells(self, function: Callable[..., Any]) -> None:
        parameters = inspect.signature(function).parameters.values()
        if any(each.name == _RESERVED or each.kind is each.VAR_KEYWORD for each in parameters):
            return
        raise UsageError(
            f"{self._purpose.adapter} tells no diagnostics: leave store_diagnostics away, or use "
            "an adapter for OMMX 3"
        )
