"""Arrays in numpy's own format."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from trialog.codecs import NumpyCodec
from trialog.errors import InvalidTypeError, UsageError

SIMPLE = [*"?bBhHiIlLqQefdgFDG", "S0", "S5", "U0", "U3", "V4", "M8[D]", "M8[ns]", "m8[us]", "m8"]
SWAPPED = [">i2", ">u8", ">f4", ">f8", ">c16", ">U2", ">M8[s]"]
STRUCTURED = {
    "two fields": np.dtype([("a", "i4"), ("b", ">f8")]),
    "nested, with a shape": np.dtype([("x", [("y", "f4", (2, 3))]), ("z", "S3")]),
    "padded": np.dtype("i1,f8", align=True),
    "with gaps": np.dtype({"names": ["a"], "formats": ["f8"], "offsets": [8], "itemsize": 32}),
    "titles": np.dtype([(("a title", "a"), "i4")]),
    "names beyond Latin-1": np.dtype([("größe", "i4"), ("温度", "f4"), ("", "f4")]),
    "no fields": np.dtype([]),
    "two thousand fields": np.dtype([(f"field_number_{i}", "f4") for i in range(2000)]),
    "a header beyond 64 KiB": np.dtype([(f"field_number_{i}", "f4") for i in range(4000)]),
}
SHAPES = [(), (0,), (3,), (0, 3), (2, 0, 4), (2, 3, 4)]


def again(array):
    return NumpyCodec.decode(NumpyCodec.encode(array))


def assert_same(left, right):
    assert type(right) is np.ndarray
    assert right.dtype == left.dtype
    assert right.shape == left.shape
    if left.dtype.names is None:
        assert right.tobytes() == left.tobytes()
    else:  # what lies between the fields is nobody's
        assert repr(right.tolist()) == repr(left.tolist())


@pytest.mark.parametrize("dtype", [*SIMPLE, *SWAPPED])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_dtype_and_shape_comes_back(dtype, shape):
    """Dtype, byte order, shape and every bit: 0-d and empty arrays are arrays too."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    bits = np.random.default_rng(7).integers(0, 2, size, np.uint8)  # 0 and 1: a bool is no more
    array = np.frombuffer(bits.tobytes(), dtype) if size else np.zeros(shape, dtype)
    assert_same(array.reshape(shape), again(array.reshape(shape)))


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_dtypes_come_back(name):
    """Fields, their order, offsets, titles and padding, however many there are."""
    array = np.zeros(3, STRUCTURED[name])
    assert_same(array, again(array))
    assert again(array).dtype.fields == array.dtype.fields


@settings(deadline=None)
@given(arrays.arrays(arrays.array_dtypes() | arrays.scalar_dtypes(), arrays.array_shapes()))
def test_any_array_comes_back(array):
    """NaN payloads, subnormals and text with trailing nulls included: bit for bit."""
    assert_same(array, again(array))


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_memory_order_is_kept(order):
    """A Fortran-ordered array comes back so: what reads it by columns stays fast."""
    array = np.array(np.arange(24.0).reshape(2, 3, 4), order=order)
    flags = again(array).flags
    assert (flags.c_contiguous, flags.f_contiguous) == (order == "C", order == "F")


def test_views_are_kept_by_what_they_show():
    """Strides are the memory's business, not the value's."""
    array = np.arange(24).reshape(4, 6)
    for view in (array[::2, ::-3], array.T[1:], np.broadcast_to(array[0], (3, 6))):
        np.testing.assert_array_equal(again(view), view)


def test_what_comes_back_is_writable_and_alone():
    """Changing it changes neither the bytes nor another reader's array."""
    data = NumpyCodec.encode(np.zeros(2))
    first = NumpyCodec.decode(data)
    first[0] = 1
    assert NumpyCodec.decode(data)[0] == 0


@pytest.mark.parametrize(
    "scalar",
    [np.float32(0.1), np.complex64(1 + 2j), np.datetime64("2024-05-06", "s"), np.longdouble("0.1")],
)
def test_scalars_become_arrays_of_no_dimension(scalar):
    """With their own dtype."""
    assert_same(np.asarray(scalar), again(scalar))


@pytest.mark.parametrize("kind", [np.matrix, np.recarray, np.memmap])
def test_subclasses_come_back_as_plain_arrays(kind, tmp_path):
    """Their values are kept, their methods are not."""
    plain = np.array([[1, 2]]) if kind is np.matrix else np.zeros(2, [("a", "i4")])
    if kind is np.memmap:
        array = np.memmap(tmp_path / "map", plain.dtype, "w+", shape=plain.shape)
    else:
        array = plain.view(kind)
    assert again(array).tolist() == plain.tolist()
    assert type(again(array)) is np.ndarray


class OffersAnArray:
    def __array__(self, dtype=None, copy=None):
        return np.array([1, 2], dtype)


def test_what_offers_itself_as_an_array_is_taken():
    """JAX arrays, xarray, and whatever else speaks ``__array__``."""
    assert again(OffersAnArray()).tolist() == [1, 2]


@pytest.mark.parametrize(
    "array",
    [
        np.array([None, 1], object),
        np.array({1, 2}, object),
        np.zeros(2, [("a", "i4"), ("o", object)]),
        np.empty(0, object),
    ],
)
def test_arrays_of_objects_are_refused(array):
    """They could only be pickled, and nothing is ever pickled unasked."""
    with pytest.raises(InvalidTypeError, match=r"holds Python objects.* PickleCodec"):
        NumpyCodec.encode(array)


@pytest.mark.parametrize("mask", [False, [False, True]])
def test_masked_arrays_are_refused(mask):
    """The format has no place for the mask, and losing it would change the values."""
    with pytest.raises(InvalidTypeError, match=r"would lose its mask; log array\.filled"):
        NumpyCodec.encode(np.ma.array([1, 2], mask=mask))


@pytest.mark.parametrize("offsets", [[4, 0], [0, 2]])
def test_dtypes_that_the_format_cannot_spell_are_refused(offsets):
    """Fields that overlap or are out of order."""
    dtype = np.dtype({"names": ["a", "b"], "formats": ["i4", "i4"], "offsets": offsets})
    with pytest.raises(InvalidTypeError, match="npy format does not know the dtype"):
        NumpyCodec.encode(np.zeros(2, dtype))


@pytest.mark.parametrize("wrong", [[1, 2], 3, None, "text", b"bytes"])
def test_what_is_no_array_is_refused(wrong):
    """A list of numbers is one step from an array, and the message says which."""
    with pytest.raises(
        InvalidTypeError, match=r"takes an array or a tensor, not a .*numpy\.asarray"
    ):
        NumpyCodec.encode(wrong)


def test_the_bytes_are_those_of_numpy_save():
    """Any program that reads npy files reads them."""
    buffer = io.BytesIO()
    np.save(buffer, np.arange(5, dtype=">f4"))
    assert NumpyCodec.encode(np.arange(5, dtype=">f4")) == buffer.getvalue()


def npz():
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(2))
    return buffer.getvalue()


def pickled_array():
    buffer = io.BytesIO()
    np.save(buffer, np.array([{1}], object), allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage" * 9,
        NumpyCodec.encode(np.zeros(9))[:-1],
        NumpyCodec.encode(np.zeros(9))[:20],
        npz(),
        pickled_array(),
        pickle.dumps([1]),
    ],
)
def test_bytes_that_are_no_npy_file_are_refused(data):
    """Cut short, foreign, or with pickled objects inside: nothing of it is run."""
    with pytest.raises(UsageError, match="NumpyCodec reads npy files without objects"):
        NumpyCodec.decode(data)


# torch: its manners, so that no machine needs two gigabytes to test thirty lines


class Layout:
    """What a torch dtype is to us: something with a name."""

    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"torch.{self.name}"


def tensor_class(**members):
    return type("Tensor", (), {"__module__": "torch", "dtype": Layout("float32"), **members})


def unsupported(self, *, force):
    raise TypeError("Got unsupported ScalarType BFloat16")


def without_data(self, *, force):
    raise NotImplementedError("Cannot copy out of meta tensor; no data!")


def forced(self, *, force):
    assert force
    return np.ones(2, np.float32)


def test_a_tensor_is_detached_and_brought_to_the_cpu():
    """``numpy(force=True)`` is torch's word for all of it; subclasses are tensors too."""
    parameter = type("Parameter", (tensor_class(numpy=forced),), {"__module__": "torch.nn"})
    assert_same(np.ones(2, np.float32), again(parameter()))


def test_a_float_that_numpy_does_not_know_is_widened():
    """bfloat16 and the 8-bit floats come back as float32, which holds them exactly."""
    wide = tensor_class(numpy=forced)
    narrow = tensor_class(
        numpy=unsupported, is_floating_point=lambda self: True, float=lambda self: wide()
    )
    assert again(narrow()).dtype == np.float32


@pytest.mark.parametrize(
    "members",
    [
        {"numpy": unsupported, "is_floating_point": lambda self: False},
        {"numpy": unsupported, "is_floating_point": lambda self: True, "float": lambda self: self},
        {"numpy": without_data},
    ],
)
def test_a_tensor_without_a_form_in_numpy_is_refused(members):
    """Sparse, quantised, or without data: torch's reason is in the message."""
    with pytest.raises(
        InvalidTypeError, match=r"torch\.Tensor of torch\.float32 has no form .*: \w"
    ):
        NumpyCodec.encode(tensor_class(**members)())
