"""The journal's format: bytes in, records out, and the reverse.

Pure: no I/O, no clock, no numpy (except ``columns``, which only readers import).

It may not open a file, ask the time or know a folder's content. Start reading at ``blocks.py`` (how
a file is divided), then ``records.py`` (what stands in it), then ``encoding.py`` and
``decoding.py``. The normative description is docs/reference/journal.md.
"""
