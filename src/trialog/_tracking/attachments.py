"""Attachments of a run that is being recorded: named bytes with a media type."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from trialog._format.values import dump_json
from trialog._names import check_path_name
from trialog._tracking.calls import check_step
from trialog._tracking.media_types import check_media_type, media_type_of
from trialog.codecs import JsonCodec, check_codec, codec_for
from trialog.errors import (
    AttachmentExistsError,
    InvalidNameError,
    InvalidTypeError,
    MissingFileError,
    UnreadableFileError,
    UsageError,
)

if TYPE_CHECKING:
    from trialog._tracking.facts import FactLog, Store


class AttachmentLog:
    """Logs attachments: the bytes into the store, the fact into the journal."""

    def __init__(self, facts: Callable[[], FactLog], others: Callable[[], set[str]] = set) -> None:
        """Make it.

        Args:
            facts: gives the run's facts, or raises where the run has ended.
            others: gives the names that other writers of the run have logged.
        """
        self._facts = facts
        self._others = others
        self._names: set[str] = set()

    def log_json(self, name: str, value: Any, step: object, *, overwrite: bool) -> None:
        """Log a JSON value."""
        name = self._check(name, overwrite=overwrite)
        data = dump_json(value, f"attachment {name!r}")
        self._log(
            name, lambda blobs: blobs.put(data), "application/json", _leaf(name, ".json"), step
        )

    def log_bytes(
        self,
        name: str,
        media_type: str,
        data: object,
        step: object,
        *,
        filename: str | None = None,
        overwrite: bool,
    ) -> None:
        """Log bytes of a known media type."""
        name = self._check(name, overwrite=overwrite)
        media_type = check_media_type(media_type)
        view = _bytes_of(name, data)
        filename = _check_filename(filename) if filename is not None else _leaf(name, "")
        self._log(name, lambda blobs: blobs.put(view), media_type, filename, step)

    def log_file(
        self,
        name: str,
        path: str | os.PathLike[str],
        media_type: str | None,
        filename: str | None,
        step: object,
        *,
        overwrite: bool,
    ) -> None:
        """Log a file as it is now."""
        name = self._check(name, overwrite=overwrite)
        source = _path_of(name, path)
        if media_type is not None:
            media_type = check_media_type(media_type)
        filename = _check_filename(filename) if filename is not None else _safe_leaf(source.name)
        self._log(name, lambda blobs: blobs.put_file(source), media_type, filename, step)

    def log_directory(
        self,
        name: str,
        path: str | os.PathLike[str],
        pattern: str,
        step: object,
        *,
        overwrite: bool,
    ) -> list[str]:
        """Log the files of a directory, each as ``name/relative path``."""
        name = check_path_name(name, "attachment")
        root = _path_of(name, path)
        if not root.exists():
            raise MissingFileError(f"cannot log {str(root)!r}: there is no such directory")
        if not root.is_dir():
            raise UnreadableFileError(f"cannot log {str(root)!r}, a file; use log_file")
        try:
            files = [each for each in sorted(root.glob(pattern)) if each.is_file()]
        except (NotImplementedError, TypeError, ValueError) as error:
            raise UsageError(
                f"the pattern {pattern!r} of attachment {name!r} cannot be one ({error}); use one "
                "like '**/*.txt', relative to the directory"
            ) from None
        if not files:
            raise UsageError(f"cannot log {str(root)!r}: no file in it matches {pattern!r}")
        names = [f"{name}/{each.relative_to(root).as_posix()}" for each in files]
        for each, file in zip(names, files, strict=True):
            self.log_file(each, file, None, None, step, overwrite=overwrite)
        return names

    def log_with_codec(
        self, codec: Any, name: str, value: Any, step: object, *, overwrite: bool
    ) -> None:
        """Log what a codec makes of a value."""
        checked = check_codec(codec)
        name = self._check(name, overwrite=overwrite)
        data = checked.encode(value)
        if not isinstance(data, bytes | bytearray | memoryview):
            raise InvalidTypeError(
                f"{_codec_name(checked)}.encode gave {type(data).__name__} for {name!r}: "
                "a codec must give bytes"
            )
        filename = _leaf(name, getattr(checked, "filename_suffix", "") or "")
        self._log(
            name,
            lambda blobs: blobs.put(data),
            check_media_type(checked.media_type),
            filename,
            step,
            codec=_codec_name(checked),
        )

    def log_value(self, name: str, value: Any, step: object, *, overwrite: bool) -> None:
        """Log a value with the codec of its type."""
        codec = codec_for(value)
        try:
            self.log_with_codec(codec, name, value, step, overwrite=overwrite)
        except InvalidTypeError as error:
            if codec is not JsonCodec or not isinstance(value, Mapping | list | tuple):
                raise
            raise _mixed(name, value, error) from None

    def _check(self, name: object, *, overwrite: bool) -> str:
        checked = check_path_name(name, "attachment")
        if not overwrite and (checked in self._names or checked in self._others()):
            raise AttachmentExistsError(
                f"the attachment {checked!r} is there already and overwrite=False; choose another "
                "name, or let it become a new version"
            )
        return checked

    def _log(
        self,
        name: str,
        store: Store,
        media_type: str | None,
        filename: str,
        step: object,
        codec: str | None = None,
    ) -> None:
        checked_step = check_step(step, name)
        is_kept = self._facts().append_attachment(
            name,
            store,
            lambda blob: media_type_of(media_type, blob.head, filename),
            filename,
            step=checked_step,
            codec=codec,
        )
        if is_kept:
            self._names.add(name)


def _bytes_of(name: str, data: object) -> memoryview:
    if isinstance(data, str):
        raise InvalidTypeError(
            f"attachment {name!r} is text; give bytes (text.encode()), or use log_value"
        )
    try:
        view = memoryview(data)  # type: ignore[arg-type]  # this is the question
        return view.cast("B") if view.contiguous else memoryview(view.tobytes())
    except TypeError:
        raise InvalidTypeError(
            f"attachment {name!r} must be bytes, bytearray or memoryview, not {type(data).__name__}"
        ) from None


def _mixed(name: str, value: Iterable[Any], error: InvalidTypeError) -> InvalidTypeError:
    """What to say of a list or mapping with something in it that is not JSON."""
    if any(getattr(each, "figure", None) is not None for each in value):
        return InvalidTypeError(
            f"attachment {name!r} is what a plotting call gave, a {type(value).__name__}; log the "
            f"figure that it was drawn in: log_value({name!r}, plt.gcf())"
        )
    said = str(error).partition(";")[0].replace("the value", f"attachment {name!r}", 1)
    return InvalidTypeError(
        f"{said}; log that element under a name of its own, or give one array (numpy.asarray)"
    )


def _path_of(name: str, path: object) -> Path:
    try:
        text = os.fsdecode(path)  # type: ignore[arg-type]  # this is the question
    except TypeError:
        raise InvalidTypeError(
            f"the path of attachment {name!r} must be text or a path, not {type(path).__name__}"
        ) from None
    if not text or "\0" in text:
        raise InvalidNameError(f"the path of attachment {name!r} is empty or holds a zero byte")
    return Path(text).expanduser()


def _check_filename(filename: object) -> str:
    checked = check_path_name(filename, "file")
    if "/" in checked or checked in (".", ".."):
        raise InvalidNameError(
            f"the file name {checked!r} must not be a path; use {_leaf(checked)!r}"
        )
    return checked


def _leaf(name: str, suffix: str = "") -> str:
    leaf = PurePosixPath(name).name or "attachment"
    return leaf if leaf.lower().endswith(suffix) else leaf + suffix


def _safe_leaf(name: str) -> str:
    """A file's own name with what a name may not hold replaced."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(
        "_" if character < " " or character in "\\\x7f" else character for character in text
    )


def _codec_name(codec: Any) -> str:
    kind = codec if isinstance(codec, type) else type(codec)
    return f"{kind.__module__}.{kind.__qualname__}"
