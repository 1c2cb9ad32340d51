"""Charts of runs: the catalog's points, put on an axis, smoothed and grouped, then drawn.

What was read and derived is kept, up to a bound, as long as nobody has logged more: zooming,
smoothing and grouping again read nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from trialog._catalog import Catalog
from trialog._catalog.selections import RunRow
from trialog._catalog.seriesversions import series_versions
from trialog._catalog.views import View
from trialog._charts.charts import Chart, chart_of, same_chart
from trialog._charts.deltas import delta_of
from trialog._charts.encoding import Encoded
from trialog._charts.groups import GroupLines, group_lines
from trialog._charts.lines import Line
from trialog._charts.rows import ArrayRows
from trialog._charts.smoothing import smooth
from trialog._reading.chartcache import ChartCache
from trialog._reading.chartmemory import SharedPlaces, portions
from trialog._reading.chartpieces import Piece, bare, bytes_of, pieces_of, stamp_of
from trialog._reading.chartquestions import Asked, Groups, Known, Split, Versions
from trialog._reading.longlines import LONG, LongLines

_LARGE = 1 << 17  # lines times columns; of larger charts one is drawn at once, to save memory
_READ_POINTS = 1_000_000  # of all metrics, so many are read at once
_KEPT_BYTES = 1 << 21  # larger answers are made again
_ANSWERS_BYTES = 16 << 20  # of all answers: the points of a large chart do not push them out
_SITUATION_BYTES = 400  # of a run

_VIEWS: dict[Split | None, View] = {
    None: View(),
    "attempt": View(tells_attempts=True),
    "rank": View(tells_ranks=True),
}


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
        self._answers = ChartCache(_ANSWERS_BYTES)
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
        kept = self._answers.get(key, None) if since is None else None
        if kept is not None:
            found: Encoded = kept
            return found
        is_large = len(situation.present) * asked.wish.pixels > _LARGE
        with self._large if is_large else contextlib.nullcontext():
            made = Encoded(self._drawn(situation, asked, groups, since).encoded())
        if is_large:
            made.pack()  # nobody is kept waiting by it, nor by what it takes of the cache
        if since is None and made.kept_bytes <= _KEPT_BYTES:
            self._answers.put(key, None, made, made.kept_bytes)
        return made

    def lines(self, run: RunRow, asked: Asked) -> list[Line]:
        """The whole lines of a metric of one run, on their axis; none where it has no point."""
        present, versions, _, _ = self._situation([run], asked, None, None)
        pieces = self._pieces(present, versions, asked)
        return [each.line for each in pieces.get(run.key, ())]

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
    ) -> dict[int, list[Piece]]:
        """The lines of runs, whole, on their axis and smoothed, by run key."""
        stamps = {run.key: stamp_of(run.key, versions) for run in runs}
        found: dict[int, list[Piece]] = {}
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
            size = sum(bytes_of(each.line) for each in pieces)
            self._cache.put((key, asked.curve), stamps[key], pieces, size)
        return found | placed

    def _long_ones(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[Piece]]:
        """The lines of runs that have very many points: these stay in files."""
        found: dict[int, list[Piece]] = {}
        if asked.split is not None or asked.wish.x_metric is not None:
            return found
        for run in runs:
            stamp = stamp_of(run.key, versions)
            if sum(each.points for each in stamp[0]) <= LONG:
                continue
            origin_ns = run.facts.created_ns
            rows = self._long.rows(run.key, asked.metric, asked.wish, origin_ns, stamp)
            if rows is not None:
                found[run.key] = [Piece(None, Line(rows[0], smoothed=rows[1]))]
        return found

    def _placed(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[Piece]]:
        """The lines of runs on their axis, as logged."""
        found: dict[int, list[Piece]] = {}
        unread: dict[int, RunRow] = {}
        for run in runs:
            kept = self._cache.get((run.key, asked.axis), stamp_of(run.key, versions))
            if kept is None:
                unread[run.key] = run
            else:
                found[run.key] = [Piece(each.number, bare(each.line)) for each in kept]
        if unread:
            for some in portions(list(unread.values()), _READ_POINTS):
                found |= self._read(some, versions, asked)
        return found

    def _read(
        self, runs: Sequence[RunRow], versions: Versions, asked: Asked
    ) -> dict[int, list[Piece]]:
        """Read the lines of some runs; what lies around their points is not held."""
        rows = {run.key: run for run in runs}
        found: dict[int, list[Piece]] = {}
        is_large = sum(run.facts.points for run in runs) > _READ_POINTS // 4
        with self._large:
            view = _VIEWS[asked.split]
            for key, stretches in self._catalog.points(list(rows), asked.names, view):
                pieces = pieces_of(rows[key], stretches, versions, asked)
                for piece in pieces:
                    piece.line.rows = self._places.own(piece.line.rows)
                found[key] = [Piece(each.number, bare(each.line)) for each in pieces]
                size = sum(bytes_of(each.line) for each in pieces)
                self._cache.put((key, asked.axis), stamp_of(key, versions), pieces, size)
        if is_large:
            from trialog._catalog.pointstream import (  # noqa: PLC0415 # loads pyarrow
                release_memory,
            )

            release_memory()
        return found

    def _smooth(self, placed: Mapping[int, Sequence[Piece]], asked: Asked) -> None:
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
        digest.update(repr((run.key, run.facts.name, group, stamp_of(run.key, versions))).encode())
    digest.update(repr(None if groups is None else groups.labels).encode())
    return digest.hexdigest()
