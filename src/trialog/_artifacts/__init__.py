"""Experiments as artifacts: sealed from journals, brought into a store again, sent and fetched.

It may not know SQL or a command line; what is OCI's stands in ``_oci``. Start reading at
``committing.py`` for the way out, at ``opening.py`` and ``bringing.py`` for the way in.
"""
