"""The catalog: what is known of all runs, in SQL, and their points in columns. A cache.

It may write nothing but its own database and segments, and never imports the write half; SQL is
here and nowhere else. Start reading at ``catalog.py``; then follow a journal's bytes upwards
through ``journals.py``, ``payloads.py``, ``reading.py``, ``recording.py`` and ``refreshing.py``, or
a query downwards through ``queries.py`` and ``pointreading.py``. ``verification.py`` asks none of
them: it reads every byte again.
"""

from trialog._catalog.addresses import ProjectPlace, RunPlace
from trialog._catalog.catalog import Catalog
from trialog._catalog.stretches import Stretch
from trialog._catalog.summaries import Summary
from trialog._catalog.verification import Finding, Verification

__all__ = [
    "Catalog",
    "Finding",
    "ProjectPlace",
    "RunPlace",
    "Stretch",
    "Summary",
    "Verification",
]
