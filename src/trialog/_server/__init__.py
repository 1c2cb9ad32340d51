"""The dashboard's server: what can be read and changed, over HTTP, on loopback by default.

Stateless over the store: every answer is read from the catalog at the call. It may not know a
record, a table or a file of the store. Start with ``routes.py``, the table of all there is.
"""
