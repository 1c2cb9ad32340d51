"""The façade: puts the readers into the runs, and the module-level functions.

It may not know a record, a table or a file. Start reading at ``functions.py``.
"""
