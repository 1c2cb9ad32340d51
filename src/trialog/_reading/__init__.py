"""Reading runs: what they are, what they hold, and many of them side by side as DataFrames.

It writes nothing but what the user asks to be written out, and never imports the write half; pandas
is imported in ``frames.py`` alone. Start reading at ``records.py`` (what a run is), then
``content.py`` (what it holds), then ``runs.py`` (many of them).
"""

from trialog._reading.attachments import AttachmentInfo, Attachments
from trialog._reading.catalogs import catalog_of
from trialog._reading.content import ContentReader
from trialog._reading.experiments import ExperimentReader
from trialog._reading.finding import explain_none, find, find_in_each, resolve
from trialog._reading.knownnames import explain_names, read_known_names, unknown_name
from trialog._reading.records import Records, RunException, RunRecord
from trialog._reading.runinfo import RunInfo, fetch_run_info, fetch_runs
from trialog._reading.runs import Runs
from trialog._reading.stored import StoredRun

__all__ = [
    "AttachmentInfo",
    "Attachments",
    "ContentReader",
    "ExperimentReader",
    "Records",
    "RunException",
    "RunInfo",
    "RunRecord",
    "Runs",
    "StoredRun",
    "catalog_of",
    "explain_names",
    "explain_none",
    "fetch_run_info",
    "fetch_runs",
    "find",
    "find_in_each",
    "read_known_names",
    "resolve",
    "unknown_name",
]
