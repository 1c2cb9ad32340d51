"""Which runs a query asks for, and in which order: the filter language and the keywords beside it.

Pure: a text becomes a tree of what it asks, never evaluated as Python. What follows for SQL stands
in the catalog. Start with ``runs.py``, which holds all a query says.
"""

from trialog._filters.runs import RunFilter

__all__ = ["RunFilter"]
