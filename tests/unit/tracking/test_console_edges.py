"""What is printed between two edges lies between them in the console that is kept."""

from trialog._format.records import Kind


def test_what_c_prints_lies_between_the_edges(script, journals, monkeypatch):
    """From C's buffers too, from the very first moment of a run, and nothing of before or after."""
    monkeypatch.setenv("TRIALOG_CAPTURE", "console")
    done = script(
        """
        import ctypes
        import time
        import trialog
        from trialog._tracking import link
        from trialog._tracking.console_edges import settle_console

        link._GREETING_S = 30  # on a slow machine, the witness takes longer to be loaded
        libc = ctypes.CDLL(None)
        with trialog.init("acme", "Edges") as run:
            for turn in range(5):
                print("before", turn)
                settle_console()
                began_ns = time.time_ns()
                libc.puts(b"inside %d" % turn)
                settle_console()
                run.log_parameter(f"turn {turn}", f"{began_ns} {time.time_ns()}")
                print("after", turn)
        """
    )
    assert done.returncode == 0, done.stderr
    lines = [line for each in journals.facts(Kind.CONSOLE) for line in each["lines"]]
    edges = {name: text for each in journals.facts(Kind.PARAMETERS) for name, text in each.items()}
    for turn in range(5):
        began_ns, ended_ns = map(int, edges[f"turn {turn}"].split())
        inside = [text for time_ns, text in lines if began_ns <= time_ns <= ended_ns]
        assert inside == [f"inside {turn}"]


def test_a_run_that_keeps_no_console_waits_for_nobody(script):
    """There is no witness to wait for."""
    done = script(
        """
        import time
        import trialog
        from trialog._tracking.console_edges import settle_console

        with trialog.init("acme", "Edges"):
            settle_console()
            began_s = time.perf_counter()
            for _ in range(100):
                settle_console()
            assert time.perf_counter() - began_s < 5
        """
    )
    assert done.returncode == 0, done.stderr
