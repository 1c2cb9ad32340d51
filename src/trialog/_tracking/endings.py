"""How a run ends: from the exception that left its block to a status and a reason.

=====================================  ===========  ==============================
what left the block                    status       reason
=====================================  ===========  ==============================
nothing, ``sys.exit()``, ``sys.exit(0)``  COMPLETED
an exception the user mapped           as mapped    its text
Optuna's TrialPruned                   COMPLETED    pruned
what a signal's handler raised         INTERRUPTED  the signal
KeyboardInterrupt                      INTERRUPTED  SIGINT
CancelledError, GeneratorExit, …       INTERRUPTED  its name
``sys.exit(n)``, n not 0               CRASHED      exit code n
any other exception                    CRASHED      its type and message
=====================================  ===========  ==============================
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType

from trialog._entities import RunStatus
from trialog._format.facts import End
from trialog._format.values import writable_text
from trialog.errors import InvalidTypeError

Ends = Mapping[type[BaseException], RunStatus | str]

MAX_MESSAGE = 2_000
MAX_TRACEBACK = 8_000
_PROGRAMS = ("__main__", "runpy")  # a script, and what `python -m` starts one with
_PRUNED = ("optuna.exceptions", "TrialPruned")


def check_ends(ends: object) -> dict[type[BaseException], RunStatus]:
    """The mapping of exceptions to statuses that a user gave.

    Raises:
        InvalidTypeError: no mapping, or a key is no exception class.
        UsageError: a status is not one a run can end with.
    """
    if ends is None:
        return {}
    if not isinstance(ends, Mapping):
        raise InvalidTypeError(
            f"ends must map exception classes to statuses, not {type(ends).__name__}: {ends!r}"
        )
    checked = {}
    for kind, status in ends.items():
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise InvalidTypeError(f"ends has the key {kind!r}, which is no exception class")
        checked[kind] = check_end(status)
    return checked


def check_end(status: object) -> RunStatus:
    """A status that a run can end with; None means COMPLETED.

    Raises:
        UsageError: it is not one.
    """
    if status is None:
        return RunStatus.COMPLETED
    return RunStatus.parse_end(status)  # type: ignore[arg-type]  # it refuses other types


def ending_of(
    error: BaseException | None,
    ends: Mapping[type[BaseException], RunStatus],
    signal_name: str | None = None,
) -> End:
    """How a run ends when this exception leaves its block.

    Args:
        error: the exception, or None.
        ends: the user's own rules.
        signal_name: the signal whose handler raised the exception, or None.
    """
    if error is None:
        return End(status=RunStatus.COMPLETED.value)
    try:
        end = _ruled(error, ends, signal_name)
        if end.status == RunStatus.COMPLETED.value:
            return end
        return replace(end, exception=describe(error))
    except BaseException:  # noqa: BLE001 # the user's exception may do anything; it goes on as it is
        return End(status=RunStatus.CRASHED.value, reason=writable_text(type.__repr__(type(error))))


def is_mapped(error: BaseException | None, ends: Mapping[type[BaseException], RunStatus]) -> bool:
    """Whether a rule of the user's says how an exception ends a run."""
    return any(kind in ends for kind in type(error).__mro__)


def writable(end: End) -> End:
    """An end that can be written, whatever is in its texts."""
    if end.reason is None and end.exception is None:
        return end
    end = replace(end, reason=end.reason if end.reason is None else writable_text(end.reason))
    try:
        end.encode()
    except Exception:  # noqa: BLE001 # how it ended is worth more than why
        return End(status=end.status)
    return end


def _ruled(
    error: BaseException,
    ends: Mapping[type[BaseException], RunStatus],
    signal_name: str | None,
) -> End:
    text = summary(error)
    for kind in type(error).__mro__:
        if kind in ends:
            return End(status=ends[kind].value, reason=text, exit_code=exit_code(error))
    if any((kind.__module__, kind.__name__) == _PRUNED for kind in type(error).__mro__):
        return End(status=RunStatus.COMPLETED.value, reason="pruned")
    if signal_name is not None:
        return End(
            status=RunStatus.INTERRUPTED.value, reason=signal_name, exit_code=exit_code(error)
        )
    if isinstance(error, SystemExit):
        code = exit_code(error)
        if code == 0:
            return End(status=RunStatus.COMPLETED.value, exit_code=0)
        reason = f"exit code {code}"
        if not isinstance(error.code, int):
            reason += f": {_text_of(error.code)}"
        return End(status=RunStatus.CRASHED.value, reason=reason[:MAX_MESSAGE], exit_code=code)
    if isinstance(error, KeyboardInterrupt):
        return End(status=RunStatus.INTERRUPTED.value, reason="SIGINT")
    if not isinstance(error, Exception):
        return End(status=RunStatus.INTERRUPTED.value, reason=text)
    return End(status=RunStatus.CRASHED.value, reason=text)


def exit_code(error: BaseException) -> int | None:
    """The exit code that an exception gives its process; None for other than SystemExit."""
    if not isinstance(error, SystemExit):
        return None
    if error.code is None:
        return 0
    if not isinstance(error.code, int):
        return 1
    code = int(error.code)
    return code if -(2**31) <= code < 2**31 else 255  # what Python makes of larger ones


def summary(error: BaseException) -> str:
    """The type and message of an exception in one line, bounded."""
    message = _text_of(error)
    name = writable_text(type(error).__name__)
    text = f"{name}: {message}" if message else name
    return " ".join(text.split())[:MAX_MESSAGE]


def describe(error: BaseException) -> dict[str, str]:
    """What is kept of an exception: type, message, and a traceback of bounded length."""
    import traceback  # noqa: PLC0415 # only when something broke

    try:
        text = "".join(traceback.format_exception(error, limit=-100))
    except BaseException as broken:  # noqa: BLE001 # the user's __str__ may do anything
        text = f"(the traceback cannot be shown: {type(broken).__name__})"
    if len(text) > MAX_TRACEBACK:
        text = text[:1000] + "\n… shortened …\n" + text[1000 - MAX_TRACEBACK :]
    name = type(error).__qualname__
    module = type(error).__module__
    return {
        "type": writable_text(name if module in ("builtins", "__main__") else f"{module}.{name}"),
        "message": _text_of(error),
        "traceback": writable_text(text),
    }


def _text_of(thing: object) -> str:
    """The text of an exception or of an exit code, bounded."""
    try:
        return writable_text(str(thing)[:MAX_MESSAGE])
    except BaseException as broken:  # noqa: BLE001 # the user's __str__ may do anything
        return f"(its message cannot be shown: {type(broken).__name__})"


def last_uncaught() -> BaseException | None:
    """The exception that ended the main program, where the interpreter remembers one.

    It also remembers errors that were shown and survived: pytest's in-process, a debugger's.
    """
    for name in ("last_exc", "last_value"):
        error = getattr(sys, name, None)
        if isinstance(error, BaseException) and ended_program(error):
            return error
    return None


def ended_program(error: BaseException) -> bool:
    """Whether an exception has left the main program, so that nothing but the exit follows.

    Its traceback begins with the frame that every other of the main program stands on, and that
    frame runs no more. So an error that somebody caught and gave to ``sys.excepthook`` is none, nor
    one of a callback that a graphical interface goes on after.
    """
    if error.__traceback__ is None:
        return False
    outermost = error.__traceback__.tb_frame
    if outermost.f_back is not None or outermost.f_globals.get("__name__") not in _PROGRAMS:
        return False
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 # there is no other way to ask
    while frame is not None and frame is not outermost:
        frame = frame.f_back
    return frame is None
