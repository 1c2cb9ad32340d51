"""OMMX's objects into a run and out again."""

import pytest
from ommx_highs_adapter import OMMXHighsAdapter
from ommx_openjij_adapter import OMMXOpenJijSAAdapter

import trialog
from trialog.codecs import OmmxCodec, codec_for, codec_for_media_type, decode_with, encode_with
from trialog.errors import InvalidTypeError, UsageError


@pytest.fixture
def objects(models):
    """One of each kind."""
    instance = models.knapsack()
    if models.is_3:
        parametric = instance.as_parametric_instance()
    else:
        parametric = models.ommx.ParametricInstance.from_components(
            decision_variables=instance.decision_variables,
            objective=instance.objective,
            constraints=[],
            parameters=[],
            sense=instance.sense,
        )
    return {
        "Instance": instance,
        "ParametricInstance": parametric,
        "Solution": OMMXHighsAdapter.solve(instance),
        "SampleSet": OMMXOpenJijSAAdapter.sample(models.free(), num_reads=2, seed=1),
    }


def test_each_kind_comes_back_as_it_was(objects, models):
    """Chosen by its type, read by its media type; the bytes say it all."""
    version = 2 if models.is_3 else 1
    for kind, value in objects.items():
        codec = codec_for(value)
        assert codec == OmmxCodec(kind, version)
        data = encode_with(codec, value)
        again = decode_with(codec_for_media_type(codec.media_type), data)
        assert type(again) is type(value)
        if models.is_3:  # OMMX 2 writes members in any order
            assert encode_with(codec, again) == data


def test_a_run_takes_and_gives_them(objects):
    """``log_value`` and ``get_value``, without naming a codec; OMMX reads the bytes by itself."""
    with trialog.init("acme", "OMMX") as run:
        for kind, value in objects.items():
            run.log_value(kind, value)
    stored = trialog.get_run(run.id)
    for kind, value in objects.items():
        assert type(stored.get_value(kind)) is type(value)
    assert stored.get_value("Instance").title == "knapsack"
    assert stored.get_value("Solution").objective == 8.0


def test_the_older_form_is_read_and_written(models, objects):
    """Version 1 is what every OMMX understands."""
    codec = OmmxCodec("Instance", 1)
    instance = codec.decode(codec.encode(objects["Instance"]))
    assert codec_for(instance).encode(instance) == codec_for(instance).encode(objects["Instance"])


def test_what_the_older_form_cannot_hold_is_refused(models):
    """A one-hot constraint has no place in version 1."""
    if not models.is_3:
        pytest.skip("OMMX 2 has no other constraints")
    ommx = models.ommx
    x = [ommx.DecisionVariable.binary(number) for number in range(2)]
    instance = ommx.Instance.from_components(
        decision_variables=x,
        objective=x[0],
        constraints={},
        one_hot_constraints={0: ommx.OneHotConstraint(variables=[0, 1])},
        sense=ommx.Sense.Minimize,
    )
    assert OmmxCodec("Instance").decode(OmmxCodec("Instance").encode(instance))
    with pytest.raises(InvalidTypeError, match="Instance has no form of version 1: One-hot"):
        OmmxCodec("Instance", 1).encode(instance)


def test_another_kind_is_refused(objects):
    """A solution is no instance."""
    with pytest.raises(InvalidTypeError, match="takes an ommx Instance here"):
        OmmxCodec("Instance", 1).encode(objects["Solution"])


def test_broken_bytes_are_told_in_one_line(models):
    """And not in the forty of OMMX's backtrace."""
    version = 2 if models.is_3 else 1
    with pytest.raises(UsageError, match="these bytes are not: ") as caught:
        OmmxCodec("Solution", version).decode(b"junk")
    assert "\n" not in str(caught.value)
