"""Harm done on purpose to training scripts of trialog and its peers, and what is left to read.

One table of harms (`harms.py`) serves the tests in `tests/crash/` and `scripts/chaos`. It imports
nothing of trialog but in the functions that look into a trialog store. Start reading in `case.py`:
one tracker under one harm.
"""
