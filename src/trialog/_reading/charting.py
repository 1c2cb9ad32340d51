"""Charts of runs: the catalog's points, put on an axis, smoothed and grouped, then drawn.

What was read and derived is kept, up to a bound, as long as nobody has logged more: zooming,
smoothing and grouping again read nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from trialog._catalog import Catalog, Stretch
from trialog._catalog.selections import RunRow
from trialog._catalog.seriesversions import SeriesVersion, series_versions
from trialog._catalog.views import View
from trialog._charts.charts import Chart, chart_of, same_chart
from trialog._charts.deltas import delta_of
from trialog._charts.encoding import Encoded
from trialog._charts.groups import GroupLines, group_lines
from trialog._charts.lines import Line, by_metric, by_step, by_time
from trialog._charts.rows import ArrayRows, Rows
from trialog._charts.smoothing import smooth
from trialog._charts.wishes import ChartWish
from trialog._journals.stretches import NO_RANK
from trialog._reading.chartcache import ChartCache
from trialog._reading.chartmemory import SharedPlaces, portions
from trialog._reading.longlines import LONG, LongLines

Split = Literal["attempt", "rank"]
Versions = Mapping[str, Mapping[int, tuple[SeriesVersion, ...]]]
"""How far each metric has got in each run."""

_LARGE = 1 << 17  # lines times columns; of larger charts one is drawn at once, to save memory
_READ_POINTS = 1_000_000  # of all metrics, so many are read at once
_KEPT_BYTES = 1 << 21  # larger answers are made again
_SITUATION_BYTES = 400  # of a run

_VIEWS: dict[Split | None, View] = {
    None: View(),
    "attempt": View(tells_attempts=True),
    "rank": View(tells_ranks=True),
}


@dataclass(frozen=True, slots=True)
class Groups:
    """Which runs belong together.

    Attributes:
        labels: of each group.
        members: the group of each run, by run key.
    """

    labels: tuple[str, ...]
    members: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of points, before any window is cut out of them.

    Attributes:
        metric: its name.
        wish: what is to be shown.
        split: tell the attempts or the ranks of a run apart.
    """

    metric: str
    wish: ChartWish
    split: Split | None = None

    @property
    def names(self) -> list[str]:
        """The metrics that are read."""
        x_metric = self.wish.x_metric
        return [self.metric] if x_metric in (None, self.metric) else [self.metric, x_metric]

    @property
    def axis(self) -> tuple[str, str, Split | None]:
        """What lines depend on."""
        return (self.metric, self.wish.x, self.split)

    @property
    def curve(self) -> tuple[str | None, ...]:
        """What smoothed lines depend on; without a smoothing, what all lines do."""
        smoothing = self.wish.smoothing
        return self.axis if smoothing is None else (*self.axis, str(smoothing))


class Known(NamedTuple):
    """What names some runs, so that what was found out of them holds until anything changes.

    Attributes:
        choice: how they, and their groups, were chosen.
        state: of the catalog.
    """

    choice: Hashable
    state: Hashable


class _Situation(NamedTuple):
    """What is to be drawn.

    Attributes:
        present: the runs that have the metric.
        versions: how far they have got.
        state: names all that.
        version: of the answer.
    """

    present: list[RunRow]
    versions: Versions
    state: str
    version: str


@dataclass(slots=True)
class _Piece:
    """A line, and which attempt or rank of its run it is; None for the whole run."""

    number: int | None
    line: Line


class ChartReader:
    """Makes charts of a store's runs, and keeps what it read for the next one.

    Safe to use from several threads.

    Attributes:
        asking: held while the catalog is asked which runs a chart shows, and how far they have got:
            the charts of a page ask for the same at the same time, so one asks for all.
    """

    def __init__(self, catalog: Catalog, cache: ChartCache | None = None) -> None:
        """Make it.

        Args:
            catalog: of the store.
            cache: of what was read; a new one where not given.
        """
        self._catalog = catalog
        self._cache = ChartCache() if cache is None else cache
        self._long = LongLines(catalog)
        self.asking = threading.Lock()
        self._large = threading.RLock()
        self._places = SharedPlaces()

    @property
    def cache(self) -> ChartCache:
        """Of what was read; others may keep there what charts begin with."""
        return self._cache

    def chart(
        self,
        runs: Sequence[RunRow],
        asked: Asked,
        groups: Groups | None = None,
        since: str | None = None,
        known: Known | None = None,
    ) -> Chart:
        """A chart of a metric of some runs.

        Args:
            runs: as the catalog knows them, in the order in which they are to be shown.
            asked: of their points.
            groups: which of them belong together; ``wish.is_grouped`` says so too.
            since: the version of the answer that the asker has; this one may then be what has
                changed since.
            known: names the choice of runs and the state of the catalog, where somebody knows.
        """
        return self._drawn(self._situation(runs, asked, groups, known), asked, groups, since)

    def encoded(
        self,
        runs: Sequence[RunRow],
        asked: Asked,
        groups: Groups | None = None,
        since: str | None = None,
        known: Known | None = None,
    ) -> Encoded:
        """The bytes of a chart; the arguments are those of :meth:`chart`.

        Whole answers are kept: a page that is loaded again is answered at once.
        """
        situation = self._situation(runs, asked, groups, known)
        key = ("bytes", situation.version)
        kept = self._cache.get(key, None) if since is None else None
        if kept is not None:
            found: Encoded = kept
            return found
        is_large = len(situation.present) * asked.wish.pixels > _LARGE
        with self._large if is_large else contextlib.nullcontext():
            made = Encoded(self._drawn(situation, asked, groups, since).encoded())
        if is_large:
            made.pack()  # nobody is kept waiting by it, nor by what it takes of the cache
        if since is None and made.kept_bytes <= _KEPT_BYTES:
            self._cache.put(key, None, made, made.kept_bytes)
        return made

    # -- inside --------------------------------------------------------------------------------

    def _situation(
        self,
        runs: Sequence[RunRow],
        asked: Asked,
        groups: Groups | None,
        known: Known | None,
    ) -> _Situation:
        """The runs that have the metric, and how far they have got."""
        key = None if known is None else ("situation", tuple(asked.names), known.choice)
        with self.asking:
            kept = None if known is None else self._cache.get(key, known.state)
            if kept is None:
                versions = self._versions(runs, asked)
                present = [run for run in runs if run.key in versions[asked.metric]]
                kept = (present, versions, _state_of(present, versions, groups))
                if known is not None:
                    self._cache.put(key, known.state, kept, _SITUATION_BYTES * len(present))
        asked_for = hashlib.blake2b(repr(asked).encode(), digest_size=6).hexdigest()
        present, versions, state = kept
        return _Situation(present, versions, state, f"{state}{asked_for}")

    def _drawn(
        self, situation: _Situation, asked: Asked, groups: Groups | None, since: str | None
    ) -> Chart:
        present, versions, state, version = situation
        if since is not None and since.partition(".")[0] == version:
            return same_chart(since)
        pieces = self._pieces(present, versions, asked)
        lines, about = [], []
        for run in present:
            for piece in pieces.get(run.key, ()):
                group = None if groups is None else groups.members.get(run.key)
                lines.append(piece.line)
                about.append(_about(run, piece.number, asked.split, group))
        grouped = [] if groups is None else self._grouped(lines, about, groups, asked, state)
        chart = chart_of(lines, asked.wish, about, grouped)
        chart.header["version"] = version
        if all(run.facts.is_final for run in present):
            return chart
        return self._since(chart, since)

    def _versions(self, runs: Sequence[RunRow], asked: Asked) -> Versions:
        keys = [run.key for run in runs]
        return {name: self._catalog.ask(series_versions, keys, name) for name in asked.names}

    def _pieces(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[_Piece]]:
        """The lines of runs, whole, on their axis and smoothed, by run key."""
        stamps = {run.key: _stamp_of(run.key, versions) for run in runs}
        found: dict[int, list[_Piece]] = {}
        for run in runs:
            kept = self._cache.get((run.key, asked.curve), stamps[run.key])
            if kept is not None:
                found[run.key] = kept
        unknown = [run for run in runs if run.key not in found]
        placed = self._long_ones(unknown, versions, asked)
        rest = self._placed([run for run in unknown if run.key not in placed], versions, asked)
        self._smooth(rest, asked)
        placed |= rest
        for key, pieces in placed.items():
            if asked.curve == asked.axis and key in rest:
                continue  # kept as it was read
            size = sum(_size_of(each.line) for each in pieces)
            self._cache.put((key, asked.curve), stamps[key], pieces, size)
        return found | placed

    def _long_ones(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[_Piece]]:
        """The lines of runs that have very many points: these stay in files."""
        found: dict[int, list[_Piece]] = {}
        if asked.split is not None or asked.wish.x_metric is not None:
            return found
        for run in runs:
            stamp = _stamp_of(run.key, versions)
            if sum(each.points for each in stamp[0]) <= LONG:
                continue
            origin_ns = run.facts.created_ns
            rows = self._long.rows(run.key, asked.metric, asked.wish, origin_ns, stamp)
            if rows is not None:
                found[run.key] = [_Piece(None, Line(rows[0], smoothed=rows[1]))]
        return found

    def _placed(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[_Piece]]:
        """The lines of runs on their axis, as logged."""
        found: dict[int, list[_Piece]] = {}
        unread: dict[int, RunRow] = {}
        for run in runs:
            kept = self._cache.get((run.key, asked.axis), _stamp_of(run.key, versions))
            if kept is None:
                unread[run.key] = run
            else:
                found[run.key] = [_Piece(each.number, _bare(each.line)) for each in kept]
        if unread:
            for some in portions(list(unread.values()), _READ_POINTS):
                found |= self._read(some, versions, asked)
        return found

    def _read(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[_Piece]]:
        """Read the lines of some runs; what lies around their points is not held."""
        rows = {run.key: run for run in runs}
        found: dict[int, list[_Piece]] = {}
        is_large = sum(run.facts.points for run in runs) > _READ_POINTS // 4
        with self._large:
            view = _VIEWS[asked.split]
            for key, stretches in self._catalog.points(list(rows), asked.names, view):
                pieces = _pieces_of(rows[key], stretches, versions, asked)
                for piece in pieces:
                    piece.line.rows = self._places.own(piece.line.rows)
                found[key] = [_Piece(each.number, _bare(each.line)) for each in pieces]
                size = sum(_size_of(each.line) for each in pieces)
                self._cache.put((key, asked.axis), _stamp_of(key, versions), pieces, size)
        if is_large:
            from trialog._catalog.pointstream import (  # noqa: PLC0415 # loads pyarrow
                release_memory,
            )

            release_memory()
        return found

    def _smooth(self, placed: Mapping[int, Sequence[_Piece]], asked: Asked) -> None:
        """Give lines their smoothed values, many at once."""
        smoothing = asked.wish.smoothing
        if smoothing is None:
            return
        lines = [each.line for pieces in placed.values() for each in pieces]
        points = [line.rows.read(0, len(line.rows)) for line in lines]
        for line, (x, _), y in zip(lines, points, smooth(points, smoothing), strict=True):
            line.smoothed = ArrayRows(x, y, is_shared=True)

    def _grouped(
        self,
        lines: Sequence[Line],
        about: Sequence[Mapping[str, Any]],
        groups: Groups,
        asked: Asked,
        state: str,
    ) -> list[tuple[dict[str, Any], GroupLines]]:
        """The lines of groups, over all their members."""
        wish = asked.wish
        key = ("groups", asked.curve, wish.center, wish.band)
        kept = self._cache.get(key, state)
        if kept is not None:
            found: list[tuple[dict[str, Any], GroupLines]] = kept
            return found
        made = []
        for number, label in enumerate(groups.labels):
            mine = [each for each, told in enumerate(about) if told["group"] == number]
            points = [lines[each].shown.read(0, len(lines[each].shown)) for each in mine]
            runs = list(dict.fromkeys(about[each]["run"] for each in mine))
            told = {"label": label, "runs": runs, "lines": len(mine)}
            made.append((told, group_lines(points, wish.center, wish.band)))
        self._cache.put(key, state, made, sum(5 * each.x.nbytes for _, each in made))
        return made

    def _since(self, chart: Chart, since: str | None) -> Chart:
        """An answer, or how it differs from the one that the asker has."""
        version = f"{chart.header['version']}.{_digest_of(chart)}"
        chart.header["version"] = version
        size = sum(array.nbytes for array in chart.arrays.values())
        self._cache.put(("answer", version), None, chart, size)
        before = None if since is None else self._cache.get(("answer", since), None)
        delta = None if before is None else delta_of(before, chart)
        return chart if delta is None else delta


def _pieces_of(
    run: RunRow, stretches: Mapping[str, Stretch], versions: Versions, asked: Asked
) -> list[_Piece]:
    """The lines of a run, told apart as is asked."""
    points = stretches.get(asked.metric)
    if points is None:
        return []
    x_points = stretches.get(asked.wish.x_metric or "")
    numbers = points.attempts if asked.split == "attempt" else points.ranks
    if asked.split is None or numbers is None:
        line = _line_of(points, x_points, asked.wish, run.facts.created_ns)
        return [_Piece(None, line)]
    found = []
    for number in np.unique(numbers).tolist():
        origin_ns = run.facts.created_ns
        if asked.split == "attempt":
            began = [
                each.created_ns
                for each in versions[asked.metric][run.key]
                if each.attempt == number
            ]
            origin_ns = min(began, default=origin_ns)
        line = _line_of(
            _only(points, numbers == number),
            _part_of(x_points, asked.split, number),
            asked.wish,
            origin_ns,
        )
        found.append(_Piece(None if number == NO_RANK else number, line))
    return found


def _part_of(points: Stretch | None, split: Split, number: int) -> Stretch | None:
    """The points of one attempt or rank."""
    if points is None:
        return None
    numbers = points.attempts if split == "attempt" else points.ranks
    return points if numbers is None else _only(points, numbers == number)


def _only(points: Stretch, is_wanted: Any) -> Stretch:
    if is_wanted.all():
        return points
    return Stretch(points.steps[is_wanted], points.times_ns[is_wanted], points.values[is_wanted])


def _line_of(points: Stretch, x_points: Stretch | None, wish: ChartWish, origin_ns: int) -> Line:
    """Points on the axis that is asked for."""
    unplaced = 0
    if wish.axis == "step":
        x, y = by_step(points.steps, points.values)
    elif wish.axis == "time":
        x, y = by_time(points.times_ns, points.values)
    elif wish.axis == "relative":
        x, y = by_time(points.times_ns, points.values, origin_ns)
    elif x_points is None:
        x, y, unplaced = np.empty(0), np.empty(0), len(points)
    else:
        x, y, unplaced = by_metric(points.steps, points.values, x_points.steps, x_points.values)
    return Line(ArrayRows(x, np.asarray(y, np.float64)), unplaced)


def _bare(line: Line) -> Line:
    """The same line, not smoothed."""
    return Line(line.rows, line.unplaced)


def _size_of(line: Line) -> int:
    return sum(_bytes_of(rows) for rows in (line.rows, line.smoothed) if rows is not None)


def _bytes_of(rows: Rows) -> int:
    size = 0
    if isinstance(rows, ArrayRows):
        size = rows.y.nbytes + (0 if rows.is_shared else rows.x.nbytes)
    if rows.pyramid is not None:
        kept = rows.pyramid
        size += sum(each.nbytes for each in (kept.floats, kept.numbers, kept.edges, kept.counts))
    return size


def _stamp_of(run: int, versions: Versions) -> tuple[tuple[SeriesVersion, ...], ...]:
    return tuple(each.get(run, ()) for each in versions.values())


def _digest_of(chart: Chart) -> str:
    """What tells answers of one version apart: points may come while they are read."""
    digest = hashlib.blake2b(digest_size=6)
    for name, array in sorted(chart.arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _about(
    run: RunRow, number: int | None, split: Split | None, group: int | None
) -> dict[str, Any]:
    facts = run.facts
    label = facts.name if number is None or split is None else f"{facts.name}, {split} {number}"
    return {
        "run": facts.id,
        "name": facts.name,
        "label": label,
        "group": group,
        "attempt": number if split == "attempt" else None,
        "rank": number if split == "rank" else None,
    }


def _state_of(runs: Sequence[RunRow], versions: Versions, groups: Groups | None) -> str:
    """What names the state that an answer is true of: the runs, and how far they have got."""
    digest = hashlib.blake2b(digest_size=12)
    for run in runs:
        group = None if groups is None else groups.members.get(run.key)
        digest.update(repr((run.key, run.facts.name, group, _stamp_of(run.key, versions))).encode())
    digest.update(repr(None if groups is None else groups.labels).encode())
    return digest.hexdigest()
