"""OMMX's objects: instances, parametric instances, solutions and sample sets.

OMMX writes each of them in one of two forms: version 1 (every OMMX), and version 2 (OMMX 3 and
newer), which alone holds special constraints and the objective that a prepared instance had.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError, UsageError

OmmxKind: TypeAlias = Literal["Instance", "ParametricInstance", "Solution", "SampleSet"]

_PACKAGES = ("ommx", "ommx.v1")  # where the classes are: since OMMX 3, before
_KINDS: dict[OmmxKind, str] = {
    "Instance": "instance",
    "ParametricInstance": "parametric-instance",
    "Solution": "solution",
    "SampleSet": "sample-set",
}
_VERSIONS = (1, 2)


@dataclass(frozen=True, slots=True)
class OmmxCodec:
    """One kind of OMMX's objects in one of its forms; an object, since it has settings.

    ``log_instance``, ``log_value`` and their like choose it: version 2 where OMMX 3 or newer is
    installed, else version 1. The bytes are OMMX's own, so OMMX reads them without trialog:
    ``ommx.Instance.from_v2_bytes(run.get_blob("problem"))``.

    Attributes:
        kind: the class: ``Instance``, ``ParametricInstance``, ``Solution`` or ``SampleSet``.
        version: of the form, 1 or 2.

    Raises:
        UsageError: there is no such kind or version.

    Example:
        >>> OmmxCodec("Solution").media_type
        'application/org.ommx.v2.solution'
        >>> OmmxCodec("Instance", 1).filename_suffix
        '.instance.pb'
    """

    kind: OmmxKind
    version: int = 2

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise UsageError(f"OMMX has no kind {self.kind!r}; it has {', '.join(_KINDS)}")
        if self.version not in _VERSIONS:
            raise UsageError(f"OMMX's forms are 1 and 2, not {self.version!r}")

    @property
    def media_type(self) -> str:
        """As OMMX itself names it."""
        return f"application/org.ommx.v{self.version}.{_KINDS[self.kind]}"

    @property
    def filename_suffix(self) -> str:
        """Protocol Buffers, of which kind."""
        return f".{_KINDS[self.kind]}.pb"

    def encode(self, value: Any) -> bytes:
        """The object's bytes.

        Raises:
            InvalidTypeError: not an object of this kind, or one that this form cannot hold.
        """
        if ommx_kind(value) != self.kind:
            raise not_taken(OmmxCodec, value, f"an ommx {self.kind} here")
        write = self._method(value, "to")
        try:
            return bytes(write())
        except (RuntimeError, ValueError) as error:  # OMMX's for what a form has no place for
            raise InvalidTypeError(
                f"this {self.kind} has no form of version {self.version}: {_first_lines(error)}"
            ) from error

    def decode(self, data: bytes) -> Any:
        """The object.

        Raises:
            UsageError: the bytes are not such an object's, or the form is newer than the OMMX
                that is installed.
            ModuleNotFoundError: ommx is not installed.
        """
        read = self._method(getattr(import_ommx(self.media_type), self.kind), "from")
        try:
            return read(data)
        except (RuntimeError, ValueError) as error:  # OMMX 2's, and 3's
            said = UsageError(_first_lines(error))
            raise unreadable(OmmxCodec, f"what is {self.media_type}", said) from error

    def _method(self, owner: Any, direction: Literal["to", "from"]) -> Any:
        named = getattr(owner, f"{direction}_v{self.version}_bytes", None)
        if named is None and self.version == 1:
            named = getattr(owner, f"{direction}_bytes", None)
        if named is None:
            raise UsageError(
                f"{self.media_type} is of OMMX 3 or newer, and an older one is installed: "
                "pip install --upgrade --pre ommx; the bytes themselves can be read as they are"
            )
        return named


CODECS: tuple[OmmxCodec, ...] = tuple(
    OmmxCodec(kind, version) for kind in _KINDS for version in _VERSIONS
)


def ommx_kind(value: object) -> OmmxKind | None:
    """What an object is to OMMX, or None; nothing is imported to find out.

    The classes of OMMX 3 say that they come from ``builtins``: only the package itself can tell.
    """
    for package in _PACKAGES:
        module = sys.modules.get(package)
        for kind in _KINDS:
            cls = getattr(module, kind, None)
            if isinstance(cls, type) and isinstance(value, cls):
                return kind
    return None


def ommx_codec_for(value: object) -> OmmxCodec | None:
    """The codec of an OMMX object in the newest form that its OMMX writes; None for all else."""
    kind = ommx_kind(value)
    if kind is None:
        return None
    version = 2 if hasattr(value, "to_v2_bytes") else 1
    return next(each for each in CODECS if (each.kind, each.version) == (kind, version))


def codec_of_kind(kind: OmmxKind, value: object) -> OmmxCodec:
    """The codec of an OMMX object that is to be of a kind.

    Raises:
        InvalidTypeError: it is of another.
        ModuleNotFoundError: ommx is not installed.
    """
    import_ommx(f"an ommx {kind}")
    codec = ommx_codec_for(value)
    if codec is None or codec.kind != kind:
        raise not_taken(OmmxCodec, value, f"an ommx {kind} here")
    return codec


def import_ommx(what: str) -> Any:
    """The module that holds OMMX's classes, whichever OMMX is installed.

    Args:
        what: what it is needed for, for the message.

    Raises:
        ModuleNotFoundError: ommx is not installed; the message says how to install it.
    """
    try:
        module = importlib.import_module("ommx")
    except ModuleNotFoundError as error:
        if error.name != "ommx":
            raise
        raise ModuleNotFoundError(
            f'{what} needs ommx: pip install "trialog[ommx]"', name="ommx"
        ) from None
    return module if hasattr(module, "Instance") else importlib.import_module("ommx.v1")


def _first_lines(error: Exception) -> str:
    """What an error says, on one line, without the Rust backtrace that OMMX 2 adds."""
    return " ".join(str(error).partition("Stack backtrace:")[0].split())
