"""The dashboard's server: what can be read and changed, over HTTP, on loopback by default.

Every answer is read from the store; what is kept in memory (charts, consoles) only saves reading
it again. It may not know a table of SQL, nor write a journal. Start with ``routes.py``, the table
of all there is.
"""
