"""PDFs read by a process of their own: what it says, and what becomes of the worst of files."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.server.some_pdfs import encrypted, endless, pdf_of, without_pages

from trialog._server import pdfprocess
from trialog._server.pdfpages import PdfPages
from trialog.errors import UsageError

PAGES = PdfPages()


@pytest.fixture
def file(tmp_path):
    """Writes a file; says where."""

    def write(data):
        path = tmp_path / "file.pdf"
        path.write_bytes(data)
        return path

    return write


def refusal(ask, *given):
    with pytest.raises(UsageError) as caught:
        ask(*given)
    return str(caught.value)


def test_how_many_pages_and_of_what_size(file):
    """Of each its own; and known again by the digest, without the file."""
    path = file(pdf_of((200, 100), (300, 400)))
    found = PAGES.facts(path, "two")
    assert (found.pages, found.sizes) == (2, [(200.0, 100.0), (300.0, 400.0)])
    path.unlink()
    assert PAGES.facts(path, "two") is found


@pytest.mark.parametrize("width", [200, 333, 2000])
def test_a_page_is_a_png_as_wide_as_asked(file, width):
    """To the pixel, in the page's shape and colours."""
    shown = Image.open(io.BytesIO(PAGES.picture(file(pdf_of((30, 10), (70, 35))), 2, width)))
    assert (shown.format, shown.size) == ("PNG", (width, -(-width // 2)))
    assert shown.getpixel((width // 2, width // 4)) == (255, 0, 0)


def test_pages_of_odd_shapes(file):
    """One that is very high comes narrower; one of no size is taken for a common one."""
    high = PAGES.picture(file(pdf_of((1, 14_000))), 1, 400)
    assert Image.open(io.BytesIO(high)).size == (1, 8000)
    assert PAGES.facts(file(pdf_of((0, 0))), "flat").sizes == [(612.0, 792.0)]


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "it is no PDF, or a damaged one"),
        (b"<html>no</html>", "it is no PDF, or a damaged one"),
        (b"%PDF-1.4", "it is no PDF, or a damaged one"),
        (pdf_of((10, 10))[:120], "it is no PDF, or a damaged one"),
        (encrypted(), "it is encrypted, and asks for a password"),
        (without_pages(), "it has no pages that can be read"),
    ],
)
def test_what_cannot_be_shown(file, data, why):
    """In words that say why; for the facts and for a page."""
    path = file(data)
    assert refusal(PAGES.facts, path, "bad") == why
    assert refusal(PAGES.picture, path, 1, 200) == why


def test_pages_and_widths_that_are_not_there(file):
    """Too narrow, too wide, before the first, after the last."""
    path = file(pdf_of((10, 10)))
    assert "200 to 2000 pixels wide, not 199" in refusal(PAGES.picture, path, 1, 199)
    assert "not 2001" in refusal(PAGES.picture, path, 1, 2001)
    assert "no page 0" in refusal(PAGES.picture, path, 0, 200)
    assert refusal(PAGES.picture, path, 2, 200) == "it has no page 2: 1 in all"


def test_large_files_are_not_opened(file):
    """The bound is told."""
    pages = PdfPages(most_bytes=1 << 20)
    assert "more than 1 MiB" in refusal(pages.facts, file(bytes((1 << 20) + 1)), "large")


def test_without_the_extra(file, monkeypatch):
    """What to install is said."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert 'pip install "trialog[pdf]"' in refusal(PAGES.facts, file(pdf_of((10, 10))), "new")


def test_a_page_that_takes_too_long(file):
    """The process is ended, and the next question is answered."""
    path = file(endless())
    pages = PdfPages(limit_s=1)
    assert pages.facts(path, "endless").pages == 1
    assert refusal(pages.picture, path, 1, 200) == "it takes too long to be read: more than 1 s"
    assert pages.facts(file(pdf_of((10, 10))), "short").pages == 1


@pytest.mark.parametrize(
    "program, why",
    [
        ("import os; os.kill(os.getpid(), 11)", "was ended by SIGSEGV: it may be damaged"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL: it may be damaged"),
        ("raise SystemExit(3)", "ended with exit code 3: it may be damaged"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "takes too long"),
        ("print('no JSON')", "gave no answer"),
        ("print('{}')", "gave no"),
        ("print('{\"picture\": true}\\n<html>')", "gave no"),
        ('print(\'{"facts": {"pages": "many"}}\')', "gave no answer"),
    ],
)
def test_whatever_becomes_of_the_process(file, tmp_path, program, why):
    """It is told in words, and nothing else of what it said goes further."""
    script = tmp_path / "program.py"
    script.write_text(
        f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n{program}"
    )
    pages = PdfPages(program=script)
    path = file(pdf_of((10, 10)))
    assert why in refusal(pages.facts, path, "x")
    assert why in refusal(pages.picture, path, 1, 200)


def test_the_process_has_little_of_everything():
    """Memory, processor time, what it may write; and it starts no other."""
    says = (
        "import sys, resource as r; sys.path.append(sys.argv[1]); import pdfprocess; "
        "pdfprocess.limit(); print(*(r.getrlimit(each)[1] for each in "
        "(r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE, r.RLIMIT_NPROC)))"
    )
    command = [sys.executable, "-I", "-S", "-c", says, str(Path(pdfprocess.__file__).parent)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    memory, seconds, output, core, processes = map(int, said.split())
    assert 0 < memory <= 1 << 30
    assert 0 < seconds <= 10
    assert 0 < output <= 64 << 20
    assert (core, processes) == (0, 0)


def test_pdfium_is_not_loaded_here(file):
    """A file that breaks it breaks no server."""
    script = (
        "import sys; from pathlib import Path; from trialog._server.pdfpages import PdfPages; "
        "found = PdfPages().facts(Path(sys.argv[1]), 'x'); "
        "print(found.pages, 'pypdfium2' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(file(pdf_of((10, 10))))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["1", "False"]
