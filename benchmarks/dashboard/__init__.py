"""What dashboards cost: the data, one adapter a tracker, a browser that counts, the goals.

`benchmarks/dashboards.py` runs it all. Start reading in `data.py`; `looking.py` says what is
counted.
"""
