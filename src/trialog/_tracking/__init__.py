"""The write half's face: starting a run, logging to it, ending it truthfully.

It may not read what was written, ask the network anything, or load pandas, numpy, pyarrow or
requests. Start reading at ``run.py``; ``starting.py`` is ``init()``, ``endings.py`` the table of
how runs end, ``active.py`` the only mutable state of a module in trialog.
"""
