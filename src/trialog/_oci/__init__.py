"""OCI: descriptors and manifests, layouts in archives, and registries, spoken to over HTTP.

It knows nothing of runs, journals or stores, and may import errors only. Start reading at
``descriptors.py``, and for registries at ``registry.py``.
"""
