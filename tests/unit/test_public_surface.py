"""What can be imported is public; this is all of it."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys
import textwrap

import trialog

DOCUMENTED = """
    Experiment Experiments LocalClient Run RunInfo RunOrg RunProject RunStatus RunUser Runs
    StoredRun __version__ add_tags alert codecs delete_run errors experiments fetch_run_info
    fetch_runs finish gc gc_undo get_active_run get_run init log log_attachment log_directory
    log_file log_json log_parameter log_parameters log_value log_with_codec runs set_description sql
    testing
"""
PUBLIC_MODULES = {"codecs", "errors", "testing"}


def test_the_public_names_are_the_documented_ones():
    """No more, no fewer, each with a docstring, and none is private in disguise."""
    assert trialog.__all__ == sorted(DOCUMENTED.split())
    assert dir(trialog) == trialog.__all__
    for name in set(trialog.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(trialog, name)), name
    assert trialog.__version__


def test_every_other_module_is_private():
    """An underscore in its path: nobody can come to depend on it without noticing."""
    names = {each.name for each in pkgutil.iter_modules(trialog.__path__)}
    assert {name for name in names if not name.startswith("_")} == PUBLIC_MODULES
    for each in pkgutil.walk_packages(trialog.__path__, "trialog."):
        parts = each.name.split(".")[1:]
        assert parts[0] in PUBLIC_MODULES or parts[0].startswith("_"), each.name
        assert len(parts) == 1 or any(part.startswith("_") for part in parts), each.name


def test_public_modules_say_what_is_public():
    """Their ``__all__`` exists, and every class and function of it has a docstring."""
    for module in PUBLIC_MODULES:
        members = getattr(trialog, module)
        for name in members.__all__:
            value = getattr(members, name)
            is_named = inspect.isclass(value) or inspect.isfunction(value)
            assert not is_named or inspect.getdoc(value), f"{module}.{name}"


def test_public_methods_are_documented():
    """Of every public class: what it says, a reader can trust to be there."""
    for name in trialog.__all__:
        kind = getattr(trialog, name)
        if not inspect.isclass(kind):
            continue
        for member, value in inspect.getmembers(kind):
            if not member.startswith("_") and (
                inspect.isfunction(value) or isinstance(value, property)
            ):
                assert inspect.getdoc(value), f"{name}.{member}"


def test_an_unknown_name_is_an_attribute_error():
    """As of any module: hasattr() works."""
    assert not hasattr(trialog, "nonsense")


def run(code):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], check=True, capture_output=True, text=True
    ).stdout


def test_importing_has_no_side_effects():
    """No thread, no handler, no hook, no environment read, no logger, no exit function."""
    run("""
        import atexit, logging, os, random, signal, sys, threading, warnings

        class Watched(dict):
            def __getitem__(self, key):
                assert not str(key).startswith("TRIALOG"), key
                return super().__getitem__(key)
            def get(self, key, default=None):
                assert not str(key).startswith("TRIALOG"), key
                return super().get(key, default)

        def state():
            return (
                threading.active_count(), sys.excepthook, threading.excepthook, sys.unraisablehook,
                [signal.getsignal(each) for each in signal.valid_signals()], atexit._ncallbacks(),
                sorted(logging.root.manager.loggerDict), logging.root.handlers, random.getstate(),
                warnings.filters[:], dict(os.environ), sys.path[:], sys.getswitchinterval(),
                os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd") else None,
            )

        before = state()
        os.environ = Watched(os.environ)
        import trialog
        os.environ = dict(os.environ)
        assert state() == before
    """)


def test_importing_loads_the_standard_library_only():
    """The names bring their modules when they are first used."""
    loaded = run("""
        import sys
        before = set(sys.modules)
        import trialog
        names = {name.split(".")[0] for name in set(sys.modules) - before}
        print(*sorted(names - sys.stdlib_module_names))
    """)
    assert loaded.split() == ["trialog"]


def test_a_whole_logging_run_loads_nothing_heavy(tmp_path):
    """Every kind of thing logged, a block, a crash: no numpy, no pandas, no SQL."""
    loaded = run(f"""
        import os, sys
        os.environ["TRIALOG_HOME"] = {str(tmp_path / "store")!r}
        before = set(sys.modules)
        import trialog
        with trialog.init("acme", "demo", tags=["a"], parameters={{"a": {{"b": 1}}}}) as run:
            for step in range(3000):
                run.log("x", 0.5, step)
                run.log({{"x": 0.5, "y": 1}}, step=step)
            run.log("text", "some")
            run.log_json("j", {{"a": [1, 2.5]}})
            run.log_attachment("b", "text/plain", b"bytes")
            run.log_file("f", {__file__!r})
            run.log_value("v", "text")
            run.add_tags("b")
            run.set_description("text")
        try:
            with trialog.init("acme", "demo"):
                raise ValueError
        except ValueError:
            pass
        names = {{name.split(".")[0] for name in set(sys.modules) - before}}
        print(*sorted(names - sys.stdlib_module_names))
    """)
    allowed = {
        "coolname",
        "filetype",
        "orjson",
        "slugify",
        "text_unidecode",
        "trialog",
        "unidecode",
    }
    assert set(loaded.split()) <= allowed
