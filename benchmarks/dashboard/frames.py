"""When curves are visible, from the frames that a browser has shown. The same rule for all.

The curves are the coloured pixels of the last frame, within what the tracker draws curves in. They
are visible from the first frame on in which nine of ten of them are right.
"""

from __future__ import annotations

import base64
import io
from typing import NamedTuple

import numpy as np
from PIL import Image

SHARE = 0.9
COLOURED = 48  # between the greatest and the least of red, green and blue
SAME = 40
FEWEST = 40  # pixels; fewer are no curve


class Frame(NamedTuple):
    """What a browser has shown: seconds since 1970, and the picture as it sent it."""

    time: float
    picture: str


Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""


def time_of_curves(frames: list[Frame], boxes: list[Box]) -> float | None:
    """Return when the curves were visible; None where there are none."""
    if not frames:
        return None
    last = _pixels(frames[-1])
    wanted = coloured(last, boxes)
    if wanted.sum() < FEWEST:
        return None
    right = last[wanted].astype(int)
    for frame in frames:
        pixels = _pixels(frame)
        if pixels.shape != last.shape:
            continue
        differences = np.abs(pixels[wanted].astype(int) - right).max(axis=1)
        if (differences <= SAME).mean() >= SHARE:
            return frame.time
    return None


def time_of_change(frames: list[Frame], boxes: list[Box], before: np.ndarray) -> float | None:
    """Return when the inside of the boxes first differed from what was there before."""
    inside = _inside(before, boxes)
    for frame in frames:
        pixels = _pixels(frame)
        differences = np.abs(pixels.astype(int) - before.astype(int)).max(axis=2)
        if (inside & (differences > SAME)).sum() >= 2:
            return frame.time
    return None


def last_pixels(frames: list[Frame]) -> np.ndarray:
    """Return the last frame: rows, columns, red, green and blue."""
    return _pixels(frames[-1])


def coloured(pixels: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """Tell which pixels within the boxes have a colour."""
    return (np.ptp(pixels, axis=2) > COLOURED) & _inside(pixels, boxes)


def _inside(pixels: np.ndarray, boxes: list[Box]) -> np.ndarray:
    inside = np.zeros(pixels.shape[:2], bool)
    for box in boxes:
        left, top, right, bottom = (max(0, round(edge)) for edge in box)
        inside[top:bottom, left:right] = True
    return inside


def _pixels(frame: Frame) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(frame.picture))).convert("RGB"))
