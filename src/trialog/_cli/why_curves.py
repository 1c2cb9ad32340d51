"""Memory and GPUs of a run on a terminal: a line of blocks for each curve, and its ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text

from trialog._cli.sparklines import BLOCKS, PLAIN_BLOCKS, sparkline, squeezed
from trialog._cli.tables import can_show, shorten
from trialog._cli.words import printable, size
from trialog._reading.curves import Curve

_CURVE_WIDTH = 40
_LABEL_MOST = 24
_GPU = re.compile(r"system/gpu\.?(\w*)/(.*)")
_UNITS = re.compile(r"_(bytes|percent|celsius|watts)$")


def curve_rows(curves: Sequence[Curve], width: int) -> list[Text]:
    """A row for each curve: what it is, how it went, from where to where."""
    labels = [_named(curve.metric)[0] for curve in curves]
    label_width = min(max(map(len, labels), default=0), _LABEL_MOST)
    return [_curve_row(curve, label_width, width) for curve in curves]


def _curve_row(curve: Curve, label_width: int, width: int) -> Text:
    name, unit = _named(curve.metric)
    label = shorten(Text(name, style="dim"), label_width)
    label.pad_right(label_width + 2 - label.cell_len)
    ends = f"  {_span(_amount(curve.least, unit), _amount(curve.greatest, unit))}"
    if curve.last < curve.greatest:
        ends += f", last {_amount(curve.last, unit)}"
    room = max(min(width - label.cell_len - len(ends), _CURVE_WIDTH), 4)
    top = 100.0 if unit == "percent" and curve.greatest <= 100 else curve.greatest  # noqa: PLR2004 # %
    blocks = BLOCKS if can_show(BLOCKS) else PLAIN_BLOCKS
    if len(curve.values) < 2:  # noqa: PLR2004 # a single value is no curve
        amount = Text(_amount(curve.last, unit))
        return Text.assemble(label, shorten(amount, width - label.cell_len))
    line = sparkline(squeezed(curve.values, room), top, blocks=blocks)
    return Text.assemble(label, (line, "cyan"), shorten(Text(ends), width - label.cell_len - room))


def _named(metric: str) -> tuple[str, str]:
    """What a metric of the machine is called for a person, and its unit."""
    unit = _UNITS.search(metric)
    name = _UNITS.sub("", metric.removeprefix("system/"))
    gpu = _GPU.match(metric)
    if gpu is not None:
        name = f"GPU {gpu[1]} {_UNITS.sub('', gpu[2])}".replace("  ", " ")
    elif name.startswith("cgroup/"):
        name = f"limited {name.removeprefix('cgroup/')}"
    name = name.replace("_used", "").replace("_", " ").replace("/", " ")
    return printable(name), unit[1] if unit else ""


def _span(least: str, greatest: str) -> str:
    """From one amount to another; a unit that is the same stands once."""
    if least == greatest:
        return greatest
    number, blank, unit = least.rpartition(" ")
    return f"{number if blank and greatest.endswith(f' {unit}') else least} – {greatest}"


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return size(round(value))
    signs = {"percent": " %", "celsius": " °C", "watts": " W"}
    return f"{value:.3g}{signs.get(unit, '')}"
