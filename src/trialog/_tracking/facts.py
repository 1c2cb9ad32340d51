"""Facts about a run into its journal; payloads too large for a record become blobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trialog._format.facts import Attachment, encode_spilled
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind
from trialog._format.values import dump_json
from trialog._names import check_name
from trialog.errors import InvalidTypeError, StoreError, TrialogError

if TYPE_CHECKING:
    from trialog._tracking.disabled import DisabledBlobs, DisabledJournal
    from trialog._writing.blobs import BlobWriter, StoredBlob
    from trialog._writing.journal import Journal

Store = Callable[["BlobWriter | DisabledBlobs"], "StoredBlob"]


class FactLog:
    """Appends JSON facts to a journal."""

    def __init__(
        self, journal: Journal | DisabledJournal, blobs: BlobWriter | DisabledBlobs
    ) -> None:
        self.journal = journal
        self.blobs = blobs

    def append(
        self, kind: Kind, content: Mapping[str, Any], what: str, time_ns: int | None = None
    ) -> None:
        """Append one fact.

        Args:
            kind: of which kind it is.
            content: its payload.
            what: what it is about, for messages.
            time_ns: when it was; now where not given.

        Raises:
            InvalidTypeError: the content is not JSON.
        """
        payload = dump_json(content, what)
        if len(payload) > MAX_PAYLOAD_BYTES:
            large = payload
            blob = self.keep(lambda blobs: blobs.put(large), what)
            if blob is None:
                return
            payload = encode_spilled(blob.sha256, blob.size_bytes)
        self.journal.append_fact(kind, payload, time_ns)

    def keep(self, store: Store, what: str) -> StoredBlob | None:
        """Keep bytes in the store; where it cannot take them, tell and note it.

        Returns:
            The blob, or None where it could not be kept.

        Raises:
            StoreError: it could not be kept, and the user asked for errors.
        """
        try:
            return store(self.blobs)
        except TrialogError:
            raise
        except OSError as error:
            trouble = self.journal.trouble
            trouble.tell_unkept(what, error)
            note = {"what": f"{what} could not be kept: {error}", "missing": 0}
            self.journal.append_fact(Kind.TROUBLE, dump_json(note, "trouble"))
            if trouble.is_strict:
                raise StoreError(error.errno, f"{what} could not be kept: {error}") from error
            return None

    def append_attachment(
        self,
        name: str,
        store: Store,
        media_type_of: Callable[[StoredBlob], str],
        filename: str,
        *,
        step: int | None = None,
        codec: str | None = None,
    ) -> bool:
        """Keep bytes in the store and append that they are the run's.

        Args:
            name: the attachment's name.
            store: puts the bytes into the store.
            media_type_of: what they are, once they are there.
            filename: what to call the file when it is written again.
            step: what it belongs to.
            codec: the class that made the bytes.

        Returns:
            Whether they could be kept.

        Raises:
            StoreError: as :meth:`keep`.
        """
        what = f"attachment {name!r}"
        blob = self.keep(store, what)
        if blob is None:
            return False
        attachment = Attachment(
            name=name,
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            media_type=media_type_of(blob),
            filename=filename,
            step=step,
            codec=codec,
        )
        self.append(Kind.ATTACHMENT, asdict(attachment), what)
        return True

    def append_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Append parameters, in as many facts as they need."""
        if len(parameters) == 1:
            self.append(Kind.PARAMETERS, parameters, f"parameter {next(iter(parameters))!r}")
            return
        portion: dict[str, Any] = {}
        size = 0
        for name, value in parameters.items():
            more = len(dump_json({name: value}, f"parameter {name!r}"))
            if portion and size + more > MAX_PAYLOAD_BYTES:
                self.append(Kind.PARAMETERS, portion, "parameters")
                portion, size = {}, 0
            portion[name] = value
            size += more
        self.append(Kind.PARAMETERS, portion, "parameters")


def check_tags(given: Any) -> list[str]:
    """Tags as a list without repetitions; takes text, and iterables of text.

    Raises:
        InvalidNameError: one of them cannot be a name.
        InvalidTypeError: it is neither text nor an iterable of text.
    """
    if given is None:
        return []
    if isinstance(given, str):
        return [check_name(given, "tag")]
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise InvalidTypeError(f"tags must be texts, not {type(given).__name__}: {given!r}")
    tags: dict[str, None] = {}
    for each in given:
        if isinstance(each, str):
            tags[check_name(each, "tag")] = None
        else:
            tags.update(dict.fromkeys(check_tags(each)))
    return list(tags)


def check_description(given: object) -> str | None:
    """A description: text of any length, or None.

    Raises:
        InvalidTypeError: it is neither.
    """
    if given is None or isinstance(given, str):
        return given
    raise InvalidTypeError(f"the description must be text, not {type(given).__name__}: {given!r}")
