"""The journals of a store, read: from bytes to facts, points and damage, without a database.

It writes nothing, knows no SQL and nothing of catalogs. Start reading at ``journals.py`` (a file,
block by block), then follow the records upwards through ``payloads.py``, ``numbering.py`` and
``reading.py`` (one journal) to ``ingest.py`` (a run); ``processes.py`` and ``liveness.py`` say who
still writes, ``scanning.py`` where to look.
"""
