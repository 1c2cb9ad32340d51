"""Which runs a query asks for, and in which order: the filter language and the keywords beside it.

Pure: a text becomes a tree of what it asks, never evaluated as Python. What follows for SQL stands
in the catalog. Start with ``runs.py``, which holds all a query says; ``expressions.py`` is the
tree, ``parsing.py`` makes it, ``evaluating.py`` says what it means.
"""

from trialog._filters.completing import Completions, complete
from trialog._filters.evaluating import RunValues, holds, in_order
from trialog._filters.known import KnownNames, check_names
from trialog._filters.parsing import parse_filter, parse_sort
from trialog._filters.printing import print_filter, print_sort
from trialog._filters.runs import RunFilter

__all__ = [
    "Completions",
    "KnownNames",
    "RunFilter",
    "RunValues",
    "check_names",
    "complete",
    "holds",
    "in_order",
    "parse_filter",
    "parse_sort",
    "print_filter",
    "print_sort",
]
