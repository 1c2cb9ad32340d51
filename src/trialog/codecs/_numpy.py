"""numpy arrays, and torch tensors as numpy arrays, in numpy's npy format."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar

from trialog.codecs._origin import comes_from, type_name
from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# numpy's own limit is 10,000, against texts that upset the parser; 300 named fields reach it
_MAX_HEADER_CHARACTERS = 1_000_000


class NumpyCodec:
    """Arrays with their dtype, byte order, shape and memory order (C or Fortran).

    Takes arrays, numpy scalars (they come back as arrays of no dimension), what offers itself as
    an array (``__array__``), and torch tensors, which are detached, copied to the CPU and come
    back as numpy arrays; bfloat16 and the 8-bit floats, unknown to numpy, as float32, which holds
    their values exactly. Subclasses come back as plain arrays.

    Example:
        >>> NumpyCodec.decode(NumpyCodec.encode(numpy.array([1, 2], ">i2")))
        array([1, 2], dtype='>i2')
    """

    media_type: ClassVar[str] = "application/vnd.numpy"
    filename_suffix: ClassVar[str] = ".npy"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The npy file; nothing is pickled.

        Raises:
            InvalidTypeError: no array; an array of objects; a masked array, whose mask has no
                place in the format; a dtype that the format does not know.
        """
        import numpy as np  # noqa: PLC0415  # heavy: only for whoever logs arrays

        array = np.asanyarray(as_array(NumpyCodec, value))
        if isinstance(array, np.ma.MaskedArray):
            raise InvalidTypeError(
                "a masked array would lose its mask; log array.filled(...), or array.data and "
                "array.mask each under its own name"
            )
        _check_dtype(array.dtype)
        return _npy(array)

    @staticmethod
    def decode(data: bytes) -> NDArray[Any]:
        """The array, writable and with memory of its own.

        Raises:
            UsageError: the bytes are not an npy file, or hold pickled objects.
        """
        from numpy.lib import format as npy  # noqa: PLC0415  # heavy: only for who reads arrays

        try:
            return npy.read_array(
                io.BytesIO(data), allow_pickle=False, max_header_size=_MAX_HEADER_CHARACTERS
            )
        except ValueError as error:
            raise unreadable(NumpyCodec, "npy files without objects", error) from error


def _npy(array: NDArray[Any]) -> bytes:
    """What ``numpy.save`` writes, without its warnings about the age of readers."""
    from numpy.lib import format as npy  # noqa: PLC0415  # loaded by encode already

    for version in ((1, 0), (2, 0)):
        buffer = io.BytesIO()
        try:
            npy.write_array(buffer, array, version, allow_pickle=False)
        except ValueError:  # the names of the fields are too long, or not Latin-1
            continue
        return buffer.getvalue()
    buffer = io.BytesIO()
    npy.write_array(buffer, array, (3, 0), allow_pickle=False)
    return buffer.getvalue()


def as_array(taker: type, value: Any) -> Any:
    """An array, or what offers itself as one; a torch tensor as an array.

    Raises:
        InvalidTypeError: none of these; the message names the one who takes it.
    """
    if comes_from(value, "torch", "Tensor"):
        return _from_tensor(value)
    if comes_from(value, "numpy", "ndarray", "generic") or hasattr(type(value), "__array__"):
        return value
    raise not_taken(taker, value, "an array or a tensor", "numpy.asarray(...) makes one")


def _from_tensor(tensor: Any) -> Any:
    try:
        try:
            return tensor.numpy(force=True)  # detached, on the CPU, conjugation carried out
        except TypeError:
            if not tensor.is_floating_point():
                raise
            return tensor.float().numpy(force=True)
    except (TypeError, NotImplementedError) as error:
        raise InvalidTypeError(
            f"this {type_name(tensor)} of {tensor.dtype} has no form as a numpy array: {error}"
        ) from error


def _check_dtype(dtype: Any) -> None:
    from numpy.lib import format as npy  # noqa: PLC0415  # loaded by encode already

    if dtype.hasobject:
        raise InvalidTypeError(
            f"an array of dtype {dtype} holds Python objects, which could only be pickled; give "
            "it a dtype (array.astype(...)), or log it with PickleCodec"
        )
    try:
        is_kept = npy.descr_to_dtype(npy.dtype_to_descr(dtype)) == dtype
    except (TypeError, ValueError):
        is_kept = False
    if not is_kept:
        raise InvalidTypeError(
            f"the npy format does not know the dtype {dtype}; convert with array.astype(...) first"
        )
