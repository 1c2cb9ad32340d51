"""The witness: a small process beside the one that trains, which sees what that one cannot say.

It passes the console on and keeps it, measures the machine, reads what code and packages are at
work, and, once the process beside it is gone, says how that ended. It writes a journal of its own
(role ``witness``) into the folder of each run, and knows nothing of the read half.

Start reading at ``main.py``; ``_tracking/link.py`` is the other end of its wire.
"""
