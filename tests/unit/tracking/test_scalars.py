"""Numbers by their manners: whatever behaves like one is one, and nothing is imported to know."""

from __future__ import annotations

import math
import subprocess
import sys
import textwrap
from fractions import Fraction

import pytest

import trialog
from trialog import errors


@pytest.fixture
def run():
    with trialog.init("acme", "demo") as run:
        yield run


class Tensor:
    """Behaves like torch's: ``size`` is a method, ``item()`` refuses several values."""

    def __init__(self, *values, shape=None, requires_grad=False):
        self.values = values
        self.shape = shape if shape is not None else (len(values),)
        self.requires_grad = requires_grad

    @property
    def ndim(self):
        return len(self.shape)

    def size(self):
        return self.shape

    def numel(self):
        return len(self.values)

    def item(self):
        if len(self.values) != 1:
            raise RuntimeError(f"a Tensor with {len(self.values)} elements cannot be converted")
        return self.values[0]

    def __float__(self):
        return float(self.item())

    def __iter__(self):
        return iter(self.values)

    def numpy(self):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        raise AssertionError("not asked for")

    def __array__(self):
        return self.numpy()


class Floats:
    def __float__(self):
        return 0.5


class Indexes:
    def __index__(self):
        return 7


class Items:
    def item(self):
        return 2.5


class Both:
    def __index__(self):
        return 3

    def __float__(self):
        return 3.25


ONES = [
    (Tensor(0.5, shape=()), 0.5),
    (Tensor(0.5, shape=(), requires_grad=True), 0.5),
    (Tensor(0.5), 0.5),
    (Tensor(0.5, shape=(1, 1)), 0.5),
    (Tensor(3, shape=()), 3.0),
    (Tensor(True, shape=()), 1.0),
    (Tensor(math.nan, shape=()), math.nan),
    (Tensor(-0.0, shape=()), -0.0),
    (Tensor(2**63 - 1, shape=()), 2**63 - 1),
    (Floats(), 0.5),
    (Indexes(), 7.0),
    (Items(), 2.5),
    (Both(), 3.0),
]


@pytest.mark.parametrize("given,kept", ONES, ids=lambda each: type(each).__name__)
def test_scalars_of_every_house_are_points(run, journals, given, kept):
    """With and without a step, alone and in a mapping, as a parameter too."""
    run.log("x", given)
    run.log("x", given, step=5)
    run.log({"x": given, "y": given}, step=6)
    run.log_parameter("p", given)
    run.finish()
    values = [value for _, value in journals.points("x")]
    assert len(values) == 3
    assert {repr(value) for value in values} == {repr(kept)}


@pytest.mark.parametrize(
    "given",
    [
        Tensor(1.0, 2.0),
        Tensor(1.0, 2.0, requires_grad=True),
        Tensor(),
        Tensor(1.0, 2.0, 3.0, 4.0, shape=(2, 2)),
        type("Refuses", (), {"__float__": lambda self: float("no number")})(),
        type("Lies", (), {"__float__": lambda self: "text"})(),
        type("ItemOfText", (), {"item": lambda self: "text"})(),
        type("ItemWithArgument", (), {"item": lambda self, which: 1.0})(),
        Floats,
        lambda: 0.5,
        object(),
    ],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)
def test_what_is_not_one_number_is_refused_by_name(run, journals, given):
    """The message names the metric and the type; the good values beside it are kept."""
    kind = type(given).__name__
    with pytest.raises(errors.InvalidTypeError, match=rf"'loss'.*{kind}"):
        run.log("loss", given)
    with pytest.raises(errors.InvalidTypeError, match=rf"'loss'.*{kind}"):
        run.log({"good": 1.0, "loss": given}, step=1)
    run.finish()
    assert journals.points("loss") == []
    assert journals.points("good") == [(1, 1.0)]


def test_a_number_that_logs_while_it_is_asked(run, journals):
    """``__float__`` may do anything, log to the same run as well; no deadlock, no torn record."""

    class Nosy:
        depth = 0

        def __float__(self):
            if self.depth < 20:
                self.depth += 1
                run.log("inner", float(self.depth))
                run.log("x", self)
                run.log({"x": 0.25, "inner": 0.0})
            return 0.5

    run.log("x", Nosy())
    run.finish()
    assert len(journals.points("x")) == 41
    assert [value for _, value in journals.points("inner") if value] == [
        float(depth) for depth in range(1, 21)
    ]


def test_a_mapping_that_logs_while_it_is_read(run, journals):
    """Its keys and values are asked for in the middle of the call."""

    class Nosy(dict):
        def items(self):
            run.log("inner", 1.0)
            return super().items()

    run.log(Nosy(x=1.0, y=2.0))
    run.finish()
    assert journals.points("x") == [(None, 1.0)]
    assert len(journals.points("inner")) == 1


def test_a_mapping_that_changes_while_it_is_logged(run, journals):
    """A value's ``__float__`` adds to it: the call is what it was when it began."""
    values = {}

    class Adds:
        def __float__(self):
            values[f"new/{len(values)}"] = 0.0
            return 0.5

    values["x"] = Adds()
    run.log(values, step=1)
    run.finish()
    assert journals.points("x") == [(1, 0.5)]


def test_an_exception_of_a_users_number_is_told_as_a_bad_value_or_is_theirs(run):
    """A KeyboardInterrupt in ``__float__`` goes through; the run stays usable."""

    class Interrupted:
        def __float__(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.log("x", Interrupted())
    run.log("x", 1.0)
    assert run.status is trialog.RunStatus.RUNNING


def test_nothing_is_imported_to_know_a_number():
    """Neither numpy nor torch is loaded by logging what looks like theirs."""
    code = textwrap.dedent("""
        import sys, trialog
        class Scalar:
            ndim = 0
            def item(self): return 0.5
        with trialog.init("p") as run:
            run.log("x", Scalar())
            run.log_parameter("x", Scalar())
        print(sorted({"numpy", "torch", "pandas"} & set(sys.modules)))
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_masked_values_are_missing_not_zero(run, journals):
    """Numpy's ``masked`` holds a zero that nobody computed: it is kept as NaN, everywhere."""
    numpy = pytest.importorskip("numpy")
    masked = numpy.ma.array([1.0, 2.0], mask=True).mean()
    one = numpy.ma.array([5.0], mask=True)
    run.log("x", masked)
    run.log("x", one)
    run.log({"x": masked, "y": numpy.float32(1)})
    run.log("x", numpy.ma.array([5.0], mask=False))
    run.log_parameter("p", masked)
    values = [value for _, value in journals.points("x")]
    assert [math.isnan(value) for value in values] == [True, True, True, False]
    assert math.isnan(trialog.get_run(run.id).parameters["p"])


def test_wide_floats_are_rounded_and_complex_ones_refused(run, journals):
    """Numpy's long double gives itself as its item; its ``__float__`` is its value."""
    numpy = pytest.importorskip("numpy")
    run.log("x", numpy.longdouble(1) / 3)
    run.log("y", {"inside": numpy.longdouble(2)})
    run.log_parameter("p", numpy.longdouble(0.5))
    assert journals.points("x") == [(None, 1 / 3)]
    assert trialog.get_run(run.id).parameters == {"p": 0.5}
    for value in (numpy.complex64(1), numpy.clongdouble(1)):
        with pytest.raises(errors.InvalidTypeError):
            run.log("z", value)


def test_values_without_dimensions_take_the_short_way(run, journals):
    """Numpy's scalars and arrays of none, and torch's: the same points as by the long way."""
    numpy = pytest.importorskip("numpy")
    values = {
        "float32": numpy.float32(0.1),
        "float16": numpy.float16(0.1),
        "int64": numpy.int64(-7),
        "bool": numpy.bool_(True),
        "array": numpy.array(2.5),
        "tensor": Tensor(0.5, shape=()),
        "large": numpy.uint64(2**64 - 1),
        "nan": numpy.float32("nan"),
    }
    for _ in range(2):
        for name, value in values.items():
            run.log(name, value)
        run.log(values)
    for name, value in values.items():
        kept = [each for _, each in journals.points(name)]
        assert len(kept) == 4, name
        assert all(each == value.item() or value.item() != value.item() for each in kept), name
    with pytest.raises(errors.InvalidTypeError):
        run.log("date", numpy.datetime64("2026-01-01"))


def test_a_number_of_thousands_of_digits_takes_nothing_with_it(run, journals):
    """Python does not convert it to text; the error is ours, and the good values are kept."""
    with pytest.raises(errors.UsageError, match="bad"):
        run.log({"x": 1.0, "bad": Fraction(10**5000)}, step=3)
    with pytest.raises(errors.UsageError, match="more than 64 bits"):
        run.log("x", 1.0, step=10**5000)
    assert journals.points("x") == [(3, 1.0)]
