"""What a run knows about itself: its code, its packages, its machine, as its processes said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from trialog._catalog import Catalog, RunPlace, queries
from trialog._catalog.queries import JournalOf, WriterFact
from trialog._format.records import Kind
from trialog._reading.keepers import keeper_of

Context = dict[str, dict[str, Any]]
"""Sections by name, each a dict of facts by name."""


class ContextInfo(NamedTuple):
    """What one process knows about itself.

    Attributes:
        rank: its rank in a launch, or None.
        attempt: the attempt of the run that it belongs to.
        context: its sections, by name.
    """

    rank: int | None
    attempt: int
    context: Context


def read_context(catalog: Catalog, place: RunPlace) -> Context:
    """What the process knows about itself that began the run's latest attempt; maybe nothing.

    A run of an experiment that kept nothing itself knows what the experiment does.
    """
    found = next(iter(read_contexts(catalog, place)), ContextInfo(None, 1, {})).context
    keeper = None if found else keeper_of(catalog, place)
    return found if keeper is None else read_context(catalog, keeper.place)


def read_contexts(catalog: Catalog, place: RunPlace) -> list[ContextInfo]:
    """What each process of the latest attempt knows, the one that began it first.

    Where that one has said nothing, there is an empty context in its place.
    """
    journals = catalog.ask(queries.journals_of, place.key)
    return contexts_of(journals, catalog.ask(queries.facts_of, place.key, {Kind.CONTEXT}))


def contexts_of(journals: Sequence[JournalOf], facts: Iterable[WriterFact]) -> list[ContextInfo]:
    """As :func:`read_contexts`; pure.

    A process may speak by its own journal, and by that of the witness beside it: the two are of the
    same rank and attempt. Where nothing has a rank, the witness that came first is the creator's.

    Args:
        journals: all journals of a run, in the order they were begun.
        facts: their CONTEXT facts, in order.
    """
    owners = [each for each in journals if each.role == "run"]
    attempt = max((each.attempt for each in owners), default=1)
    creator = next((each for each in owners if each.attempt == attempt), None)
    present = [each for each in journals if each.attempt == attempt]
    said: dict[str, Context] = {}
    for fact in facts:
        merge_into(said.setdefault(fact.writer, {}), fact.content)
    rank = None if creator is None else creator.rank
    first: Context = dict(said.pop(creator.writer, {})) if creator is not None else {}
    others: list[ContextInfo] = []
    has_witness = False
    for journal in present:
        found = said.get(journal.writer)
        if found is None:
            continue
        if journal.role == "witness" and journal.rank == rank and not has_witness:
            merge_into(first, found)
            has_witness = True
        else:
            others.append(ContextInfo(journal.rank, attempt, found))
    others.sort(key=lambda each: (each.rank is None, each.rank or 0))
    return [ContextInfo(rank, attempt, first), *others] if journals else []


def merge_into(context: Context, sections: Mapping[str, Any]) -> None:
    """Take sections over into a context: keys that it has are replaced, others stay."""
    for name, section in sections.items():
        if isinstance(section, Mapping):
            context[name] = {**context.get(name, {}), **section}
