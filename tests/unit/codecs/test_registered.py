"""Codecs of other packages: really installed ones, in a process of their own."""

import os
import subprocess
import sys
import textwrap

import pytest

PACKAGE = """
import sys
print("loaded", __name__, file=sys.stderr)

class Tour:
    def __init__(self, stops):
        self.stops = stops

class TourCodec:
    media_type = "application/vnd.example.tour+json"
    filename_suffix = ".tour"

    @staticmethod
    def takes(value):
        return isinstance(value, Tour)

    @staticmethod
    def encode(value):
        return ",".join(value.stops).encode()

    @staticmethod
    def decode(data):
        return Tour(data.decode().split(","))

class FailingCodec(TourCodec):
    media_type = "application/vnd.example.failing"

    @staticmethod
    def takes(value):
        raise RuntimeError("no idea")
"""
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "trialog-tour"
version = "1.0"

[project.entry-points."trialog.codecs"]
a_failing = "trialog_tour:FailingCodec"
broken = "trialog_tour:Missing"
gone = "trialog_nowhere:Codec"
no_codec = "trialog_tour:Tour"
tour = "trialog_tour:TourCodec"

[tool.hatch.build.targets.wheel]
only-include = ["trialog_tour.py"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder that a package with codecs was installed into."""
    project, target = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("installed")
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "trialog_tour.py").write_text(PACKAGE)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*install, "--no-build-isolation", "--target", str(target), str(project)],
        check=True,
        capture_output=True,
    )
    return target


def run(code, folder, store):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(folder), "TRIALOG_HOME": str(store)},
        timeout=100,
    )


def test_a_registered_codec_keeps_and_reads_its_values(installed, tmp_path):
    """log_value picks it by what it takes, get_value by the media type."""
    done = run(
        """
        import trialog, trialog_tour
        with trialog.init("acme", "tours", name="one") as run:
            run.log_value("plain", {"a": 1})
            run.log_value("tour", trialog_tour.Tour(["Rome", "Oslo"]))
        kept = trialog.get_run("one")
        print(kept.status, kept.get_value("tour").stops, kept.attachments["tour"].filename)
        """,
        installed,
        tmp_path,
    )
    assert done.stdout.split("\n")[0] == "COMPLETED ['Rome', 'Oslo'] tour.tour"


def test_a_broken_one_is_told_once_and_left_out(installed, tmp_path):
    """The run goes on, and the others serve."""
    done = run(
        """
        import trialog, trialog_tour
        from trialog.codecs import codec_for, codec_for_media_type
        for _ in range(3):
            assert codec_for(trialog_tour.Tour([])) is trialog_tour.TourCodec
            assert codec_for_media_type("application/geo+json") is trialog.codecs.JsonCodec
        """,
        installed,
        tmp_path,
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("trialog:")]
    assert len(told) == 4, done.stderr
    for said in ("'a_failing' failed", "'broken' (", "'gone' (", "'no_codec' ("):
        assert sum(said in line for line in told) == 1, told


def test_nothing_is_loaded_that_nobody_needs(installed, tmp_path):
    """Values and media types of our own never ask for other packages."""
    done = run(
        """
        import sys
        import numpy
        from trialog.codecs import codec_for, codec_for_media_type
        before = set(sys.modules)
        for value in ("text", b"bytes", 1.0, {"a": [1]}, numpy.ones(3)):
            codec = codec_for(value)
            assert codec_for_media_type(codec.media_type) is codec
        assert "trialog_tour" not in sys.modules
        assert "importlib.metadata" not in set(sys.modules) - before
        """,
        installed,
        tmp_path,
    )
    assert "loaded" not in done.stderr
