"""Bytes to the disk: journals, blobs, claims of names, and the thread that tends them.

It may not read what it wrote (that is the read half), ask the network anything, or decide what a
run means. Start reading at ``journal.py``; ``block.py`` is why ``log`` costs so little.
"""
