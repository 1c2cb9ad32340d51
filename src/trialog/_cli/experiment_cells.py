"""What tables say of experiments: how many runs, how many went wrong, which digest."""

from __future__ import annotations

from rich.text import Text

from trialog._cli.found_experiments import FoundExperiment
from trialog._cli.words import size
from trialog._reading.tallies import Tally, failed, unended

SHOWN_DIGITS = 12  # of a digest


def runs_cell(tally: Tally) -> Text:
    """How many runs there are."""
    return Text(f"{tally.total():,}")


def failed_cell(tally: Tally) -> Text:
    """How many of them went wrong; empty where none did."""
    amount = failed(tally)
    return Text(f"{amount:,}" if amount else "", style="bold red")


def open_cell(tally: Tally) -> Text:
    """How many of them go on; empty where none does."""
    amount = unended(tally)
    return Text(f"{amount:,}" if amount else "", style="bold cyan")


def digest_cell(experiment: FoundExperiment) -> Text:
    """The first digits of what it was committed to; empty before."""
    return Text(short_digest(experiment.record.commit.digest) if experiment.record.commit else "")


def size_cell(experiment: FoundExperiment) -> Text:
    """How large its artifact is; empty before the commit."""
    commit = experiment.record.commit
    return Text(size(commit.artifact_bytes) if commit and commit.artifact_bytes else "")


def short_digest(digest: str) -> str:
    """The first digits of a digest, without the name of its algorithm.

    Example:
        >>> short_digest("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
        '0123456789ab'
    """
    return digest.partition(":")[2][:SHOWN_DIGITS]
