"""The command line: ``trialog run list`` and its kin. Tables for people, JSON for programs.

It may read through the façade, the readers and the catalog, and writes nothing but what the user
asks for. Whatever is slow to load is loaded by the command that needs it. Start reading at
``commands.py``; each command has a module, and ``tables.py``, ``words.py`` and ``output.py`` say
how things are shown.
"""
