"""An experiment of OMMX's as a value: what its artifacts hold, in names that may stand here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from trialog._oci.descriptors import Descriptor

OmmxScalar: TypeAlias = bool | int | float | str


class OmmxBlob(NamedTuple):
    """Bytes of an artifact, and what they are once they are unpacked.

    Attributes:
        descriptor: the layer as it is: packed where ``compression`` says so.
        media_type: of what is in it, unpacked.
        compression: ``zstd``, or None.
    """

    descriptor: Descriptor
    media_type: str
    compression: Literal["zstd"] | None = None


class OmmxAttachment(NamedTuple):
    """Named bytes.

    Attributes:
        name: one that can be an attachment's here; what OMMX called it, wherever that can be.
        filename: what to call the file, no path; None where OMMX does not say.
    """

    name: str
    content: OmmxBlob
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OmmxCall:
    """A call of a solver or a sampler.

    Attributes:
        kind: ``solve`` or ``sample``.
        number: OMMX's id of it, in its run; each kind counts for itself.
        adapter: the dotted path of the adapter's class.
        options: what the adapter was called with.
        status: ``finished``, ``failed`` or ``interrupted``.
        input: the instance.
        output: the solution or sample set, or None.
        diagnostics: what the adapter told (MessagePack), or None.
    """

    kind: Literal["solve", "sample"]
    number: int
    adapter: str
    options: Mapping[str, Any]
    status: str
    input: OmmxBlob
    output: OmmxBlob | None = None
    diagnostics: OmmxBlob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OmmxRun:
    """A run.

    Attributes:
        number: OMMX's ``run_id``.
        status: ``finished``, ``failed`` or ``interrupted``.
        reason: the type and message of the exception that ended it, or None.
        calls: its solves, then its samplings.
        trace: OpenTelemetry's trace (OTLP), or None.
    """

    number: int
    status: str
    reason: str | None = None
    parameters: Mapping[str, OmmxScalar] = field(default_factory=dict)
    attachments: tuple[OmmxAttachment, ...] = ()
    calls: tuple[OmmxCall, ...] = ()
    trace: OmmxBlob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OmmxExperiment:
    """An experiment; of a plain artifact, one without runs whose layers are attachments.

    Attributes:
        status: ``finished``, ``failed``, ``interrupted`` or ``draft``.
        subject: the manifest of the experiment that it was forked from, or None. Its runs are
            here too.
    """

    status: str
    reason: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[OmmxAttachment, ...] = ()
    runs: tuple[OmmxRun, ...] = ()
    subject: Descriptor | None = None

    def blobs(self) -> Iterator[OmmxBlob]:
        """All bytes that it speaks of, some of them several times."""
        yield from _contents(self.attachments)
        for run in self.runs:
            yield from _contents(run.attachments)
            for call in run.calls:
                yield from filter(None, (call.input, call.output, call.diagnostics))
            if run.trace is not None:
                yield run.trace


def _contents(attachments: Iterable[OmmxAttachment]) -> Iterator[OmmxBlob]:
    return (attachment.content for attachment in attachments)
