"""Sound as WAV: samples as they are, or 16 bits each."""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from trialog.codecs._numpy import as_array
from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_FORMATS = {"int16": (_PCM, 16), "int32": (_PCM, 32), "float32": (_FLOAT, 32)}
_DTYPES = {
    (_PCM, 16): "<i2",
    (_PCM, 32): "<i4",
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}
_MAX_CHANNELS = 64
_MAX_RATE = 2**32 - 1
_MAX_16_BIT = 32_767
_HEADER_BYTES = 1024


class Audio:
    """Sound: samples and how many there are in a second.

    Integer samples of 16 or 32 bits and floating ones of 32 are kept bit by bit; float64 becomes
    float32. Full scale of floating samples is -1 to 1. ``bits=16`` makes 16-bit samples of them, a
    quarter of the size of float64; what is beyond full scale is clipped, counted, and told by a
    warning.

    Args:
        samples: shape ``(frames,)`` or ``(frames, channels)``; a torch tensor too.
        rate: samples a second of each channel.
        bits: 16 for 16-bit samples; None keeps what is given.

    Attributes:
        samples: int16, int32 or float32, shape ``(frames, channels)``.
        rate: samples a second of each channel.
        clipped: how many samples were beyond full scale and have been clipped.

    Raises:
        InvalidTypeError: no numbers, or a type that no WAV file has.
        UsageError: a rate, a shape or a number of bits that cannot be.

    Example:
        >>> tone = numpy.sin(numpy.arange(8_000) * 0.1)
        >>> Audio(tone, rate=8_000, bits=16)
        <Audio: 1.0 s, 1 channel, 8000 Hz, int16>
    """

    def __init__(self, samples: Any, rate: int, bits: int | None = None) -> None:
        import numpy as np  # noqa: PLC0415  # heavy: only for whoever logs sound

        if isinstance(rate, bool) or not isinstance(rate, int | np.integer):
            raise InvalidTypeError(f"rate must be a whole number, not {type(rate).__name__}")
        if not 1 <= rate <= _MAX_RATE:
            raise UsageError(f"rate must be at least 1, not {rate}")
        if bits not in (None, 16):
            raise UsageError(f"bits is {bits!r}; use 16, or None to keep the samples as they are")
        given = samples if isinstance(samples, list | tuple) else as_array(Audio, samples)
        self.rate = int(rate)
        self.clipped = 0
        self.samples: NDArray[Any] = _shaped(np.asarray(given))
        if bits is not None and self.samples.dtype.kind == "f":
            self.samples, self.clipped = _to_16_bit(self.samples)
        if self.samples.dtype.name not in _FORMATS:
            raise InvalidTypeError(
                f"samples must be int16, int32 or floating, not {self.samples.dtype}: "
                "convert them with samples.astype(...)"
            )

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo.

        Example:
            >>> Audio(numpy.zeros((10, 2), "int16"), 8_000).channels
            2
        """
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Seconds.

        Example:
            >>> Audio(numpy.zeros(4_000, "int16"), 8_000).duration
            0.5
        """
        return len(self.samples) / self.rate

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio):
            return NotImplemented
        is_alike = self.rate == other.rate and self.samples.dtype == other.samples.dtype
        return is_alike and self.samples.tobytes() == other.samples.tobytes()

    def __hash__(self) -> int:
        return hash((self.rate, self.samples.shape))

    def __repr__(self) -> str:
        plural = "" if self.channels == 1 else "s"
        return (
            f"<Audio: {self.duration:.1f} s, {self.channels} channel{plural}, {self.rate} Hz, "
            f"{self.samples.dtype}>"
        )


class AudioCodec:
    """Sound as a WAV file that browsers play, its samples as :class:`Audio` holds them.

    Of WAV files that others wrote, those of 16 or 32 bits and of floats are read.

    Example:
        >>> sound = Audio(numpy.array([[0, 1], [2, -3]], "int16"), rate=44_100)
        >>> AudioCodec.decode(AudioCodec.encode(sound)) == sound
        True
    """

    media_type: ClassVar[str] = "audio/wav"
    filename_suffix: ClassVar[str] = ".wav"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The WAV file.

        Raises:
            InvalidTypeError: not an :class:`Audio`.
        """
        if not isinstance(value, Audio):
            raise not_taken(AudioCodec, value, "an Audio", "Audio(samples, rate) makes one")
        tag, bits = _FORMATS[value.samples.dtype.name]
        data = value.samples.astype(_DTYPES[tag, bits], copy=False).tobytes()
        frame_bytes = value.channels * bits // 8
        described = struct.pack(
            "<HHIIHH",
            tag,
            value.channels,
            value.rate,
            value.rate * frame_bytes % 2**32,
            frame_bytes,
            bits,
        )
        chunks = _chunk(b"fmt ", described + (b"" if tag == _PCM else b"\0\0"))
        if tag == _FLOAT:
            chunks += _chunk(b"fact", struct.pack("<I", len(value.samples)))
        if len(data) + _HEADER_BYTES >= 2**32:
            raise UsageError("a WAV file holds at most 4 GiB; log the sound in parts")
        return _chunk(b"RIFF", b"WAVE" + chunks + _chunk(b"data", data))

    @staticmethod
    def decode(data: bytes) -> Audio:
        """The sound.

        Raises:
            UsageError: the bytes are not a WAV file, or one of another kind of samples.
        """
        import numpy as np  # noqa: PLC0415  # heavy: only for whoever reads sound

        try:
            form, content = _read_wave(data)
            dtype = _DTYPES[form.tag, form.bits]
            samples = np.frombuffer(
                content[: len(content) - len(content) % form.frame_bytes], dtype
            )
            samples = samples.reshape(-1, form.channels).astype(np.dtype(dtype).newbyteorder("="))
            return Audio(samples, form.rate)
        except (struct.error, ValueError, KeyError, ZeroDivisionError) as error:
            raise unreadable(
                AudioCodec, "WAV files of 16 or 32 bits or of floats", error
            ) from error


class _WaveForm(NamedTuple):
    tag: int
    channels: int
    rate: int
    frame_bytes: int
    bits: int


def _read_wave(data: bytes) -> tuple[_WaveForm, memoryview]:
    """What a WAV file says of its samples, and their bytes."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("they do not begin with RIFF and WAVE")
    form: _WaveForm | None = None
    place = 12
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        content = memoryview(data)[place + 8 : place + 8 + size]
        if kind == b"fmt ":
            tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", content)
            if tag == _EXTENSIBLE:
                (tag,) = struct.unpack_from("<H", content, 24)
            form = _WaveForm(tag, channels, rate, frame_bytes, bits)
        elif kind == b"data" and form is not None:
            return form, content
        place += 8 + size + size % 2
    raise ValueError("there are no samples in them")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _shaped(array: NDArray[Any]) -> NDArray[Any]:
    """The samples as ``(frames, channels)``, floating ones as float32.

    Raises:
        UsageError: another shape.
    """
    shaped = array.reshape(-1, 1) if array.ndim == 1 else array
    if shaped.ndim != 2 or not shaped.shape[1]:  # noqa: PLR2004 # frames and channels
        raise UsageError(f"samples have the shape (frames, channels), not {array.shape}")
    if shaped.shape[1] > _MAX_CHANNELS:
        hint = "; pass samples.T" if shaped.shape[0] <= _MAX_CHANNELS else ""
        raise UsageError(f"a sound of {shaped.shape[1]} channels cannot be meant{hint}")
    own = "float32" if shaped.dtype.kind == "f" else shaped.dtype.newbyteorder("=")
    return shaped.astype(own)  # a copy


def _to_16_bit(samples: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Floating samples as 16-bit ones, and how many had to be clipped."""
    import numpy as np  # noqa: PLC0415  # loaded by Audio already

    if np.isnan(samples).any():
        raise UsageError("a sample is NaN, which 16 bits cannot hold")
    clipped = int(np.count_nonzero(np.abs(samples) > 1))
    if clipped:
        warnings.warn(
            f"{clipped:,} of {samples.size:,} samples are beyond full scale (-1 to 1) and clipped",
            stacklevel=3,
        )
    kept = np.clip(samples.astype(np.float64), -1, 1)
    return np.rint(kept * _MAX_16_BIT).astype(np.int16), clipped
