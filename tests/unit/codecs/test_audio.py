"""Sound as WAV."""

import io
import math
import struct
import wave

import numpy as np
import pytest

from trialog.codecs import Audio, AudioCodec, codec_for, codec_for_media_type
from trialog.errors import InvalidTypeError, UsageError


def samples(dtype, shape):
    random = np.random.default_rng(0)
    if np.dtype(dtype).kind == "f":
        return random.uniform(-1, 1, shape).astype(dtype)
    limits = np.iinfo(dtype)
    return random.integers(limits.min, limits.max, shape, endpoint=True).astype(dtype)


@pytest.mark.parametrize("shape", [(0,), (1,), (101,), (100, 2), (3, 6)])
@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", ">i2"])
def test_samples_come_back_bit_by_bit(dtype, shape):
    """Mono and stereo, with their rate."""
    given = samples(dtype, shape)
    again = AudioCodec.decode(AudioCodec.encode(Audio(given, 44_100)))
    assert again.rate == 44_100
    assert again.samples.dtype == np.dtype(dtype).newbyteorder("=")
    assert np.array_equal(
        again.samples, given.reshape(len(given), -1) if len(given) else given[:, None]
    )


def test_the_standard_library_reads_it():
    """It is an ordinary WAV file."""
    given = samples("int16", (50, 2))
    with wave.open(io.BytesIO(AudioCodec.encode(Audio(given, 16_000)))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 16_000, 2)
        assert file.readframes(50) == given.astype("<i2").tobytes()


def test_what_the_standard_library_wrote_is_read():
    """With chunks of others around the samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(struct.pack("<3h", 1, -2, 3))
    data = buffer.getvalue()
    noted = data[:12] + b"LIST\x03\0\0\0abc\0" + data[12:]
    assert AudioCodec.decode(noted).samples.tolist() == [[1], [-2], [3]]


def test_float64_becomes_float32():
    """Its only change; what is beyond full scale stays."""
    made = Audio(np.array([0.1, 2.0]), 8_000)
    assert made.samples.dtype == np.float32
    assert made.samples[:, 0].tolist() == [np.float32(0.1), 2.0]
    assert made.clipped == 0


def test_sixteen_bits_are_made_of_floats():
    """Full scale is 1; a sample is off by no more than half a step."""
    given = samples("float64", (1000,))
    made = Audio(given, 8_000, bits=16)
    assert made.samples.dtype == np.int16
    assert np.abs(made.samples[:, 0] / 32_767 - given).max() <= 0.5 / 32_767 + 1e-7
    assert made.clipped == 0


def test_clipping_is_told():
    """By a warning, and by the count."""
    with pytest.warns(UserWarning, match="2 of 4 samples are beyond full scale"):
        made = Audio(np.array([1.5, -math.inf, 1.0, 0.0]), 8_000, bits=16)
    assert made.clipped == 2
    assert made.samples[:, 0].tolist() == [32_767, -32_767, 32_767, 0]


@pytest.mark.parametrize(
    "given, rate, bits, error, said",
    [
        (np.zeros(3), 0, None, UsageError, "rate must be at least 1"),
        (np.zeros(3), 8_000.0, None, InvalidTypeError, "rate must be a whole number, not float"),
        (np.zeros(3), 8_000, 8, UsageError, "bits is 8; use 16"),
        (np.zeros((2, 3, 4)), 8_000, None, UsageError, r"not \(2, 3, 4\)"),
        (np.zeros((2, 16_000)), 8_000, None, UsageError, "pass samples.T"),
        (np.zeros(3, "uint8"), 8_000, None, InvalidTypeError, "not uint8"),
        (np.zeros(3, "complex64"), 8_000, None, InvalidTypeError, "not complex64"),
        (np.array([math.nan]), 8_000, 16, UsageError, "a sample is NaN"),
        ("speech.wav", 8_000, None, InvalidTypeError, "Audio takes an array or a tensor"),
    ],
)
def test_what_is_no_sound_is_refused(given, rate, bits, error, said):
    """Where it is made."""
    with pytest.raises(error, match=said):
        Audio(given, rate, bits)


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0ab", b"OggS" * 9],
)
def test_other_bytes_are_refused(data):
    """A UsageError."""
    with pytest.raises(UsageError, match="AudioCodec reads WAV files"):
        AudioCodec.decode(data)


def test_every_cut_is_refused_or_read():
    """A file that was cut never raises anything else."""
    data = AudioCodec.encode(Audio(samples("float32", (7, 2)), 8_000))
    for length in range(len(data)):
        try:
            assert AudioCodec.decode(data[:length]).rate == 8_000
        except UsageError:
            continue


def test_a_sound_is_chosen_by_its_type():
    """And an array stays an array: nobody knows its rate."""
    assert codec_for(Audio([0.0, 1.0], 8_000)) is AudioCodec
    assert codec_for_media_type("audio/wav") is AudioCodec
    assert repr(Audio(np.zeros((8_000, 2), "int16"), 8_000)) == (
        "<Audio: 1.0 s, 2 channels, 8000 Hz, int16>"
    )
