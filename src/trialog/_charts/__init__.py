"""From the full data of many runs to what a chart shows: nothing sampled, every extreme kept.

Pure arithmetic on numpy arrays: no file, no catalog, no clock. Everything is derived from all
points first and binned last. Start with ``binning.py``.
"""
