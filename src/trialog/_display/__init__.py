"""What people are shown outside of the dashboard: HTML for notebooks, curves as SVG, words.

Values in, text out: it reads no store, knows no notebook, and what was logged is escaped wherever
it stands. Start with ``cards`` (a run), then ``tables`` (many of them) and ``curves``.
"""
