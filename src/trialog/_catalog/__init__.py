"""The catalog: what is known of all runs, in SQL, and their points in columns. A cache.

It may write nothing but its own database and segments, and never imports the write half; SQL is
here and nowhere else. Start reading at ``catalog.py``; then follow what ``_journals`` has read
through ``recording.py`` and ``refreshing.py``, or a query downwards through ``queries.py`` and
``pointreading.py``. ``verification.py`` asks none of them: it reads every byte again.
"""

from trialog._catalog.catalog import Catalog
from trialog._catalog.verification import Finding, Verification
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.stretches import Stretch
from trialog._journals.summaries import Summary

__all__ = [
    "Catalog",
    "Finding",
    "ProjectPlace",
    "RunPlace",
    "Stretch",
    "Summary",
    "Verification",
]
