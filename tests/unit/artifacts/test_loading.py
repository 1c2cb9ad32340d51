"""Loading archives: lazily, checked, and from nowhere else."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

import pytest

import trialog
from trialog.errors import IntegrityError, MissingFileError, NotFoundError, UsageError


def test_a_loaded_experiment_is_as_it_was(recorded, sealer, elsewhere):
    """Everything that was recorded can be read in another store."""
    experiment = recorded()
    path = sealer.archive(experiment)
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert (loaded.id, loaded.name, loaded.status) == (experiment.id, "sweep", "COMPLETED")
    assert loaded.run_parameters_df()["lr"].tolist() == [0.1, 0.2]
    assert loaded.parameters == {"solver": "HiGHS"}
    assert [run.status for run in loaded.runs] == ["COMPLETED", "COMPLETED"]
    assert loaded.runs[0].get_attachment("weights") == b"noise"
    assert loaded.runs[1].get_json("plan") == {"text": "x" * 40_000}
    assert loaded.runs[1].metric("loss")["value"].tolist() == [0.1]
    assert loaded.is_committed
    assert loaded.digest.startswith("sha256:")


def test_facts_that_are_too_large_for_a_journal_come_with_it(sealer, elsewhere):
    """A blob that a journal needs to be read at all is fetched with the journal."""
    experiment = trialog.Experiment("large", project="acme/demo", commit=False)
    with experiment.run() as run:
        run.log_value("table", ["y" * 30_000])
        run.log_parameter("text", "z" * 20_000)
    experiment.finish()

    manifest = sealer.manifest(experiment)
    spilled = [
        sealer.add(path.read_bytes(), "application/json")
        for path in (sealer.home / "blobs" / "sha256").glob("*/*")
    ]
    layers = tuple({each.digest: each for each in (*manifest.layers, *spilled)}.values())
    path = sealer.write(replace(manifest, layers=layers))
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert loaded.runs[0].parameters["text"] == "z" * 20_000


def test_only_manifest_and_index_are_read(recorded, sealer, elsewhere, script):
    """Loading an archive reads no attachment, nor does a look at what it says of itself."""
    path = sealer.archive(recorded(attachment=os.urandom(30 << 20)))
    assert path.stat().st_size > 30 << 20
    done = script(f"""
        import trialog

        def read_bytes():
            with open("/proc/self/io") as file:
                return int(file.read().split("rchar: ")[1].split()[0])

        import trialog._artifacts.loading
        client = trialog.LocalClient({str(elsewhere.home)!r})
        before = read_bytes()
        loaded = trialog.Experiment.load({str(path)!r}, client=client)
        print(loaded.name, loaded.status, loaded.digest[:7], loaded.tags)
        one = read_bytes() - before
        print(loaded.run_parameters_df()["lr"].tolist())
        two = read_bytes() - before
        print(one < 300_000, two < 20_000_000)
    """)
    assert done.stdout.splitlines() == [
        "sweep COMPLETED sha256: ()",
        "[0.1, 0.2]",
        "True True",
    ], done.stderr


def test_no_socket_is_opened_without_a_registry(recorded, script):
    """A name without a registry's host never reaches the network, whether it is there or not."""
    recorded()
    said = {
        "sweep": "sweep",
        "sweepp": "LookupError there is no experiment 'sweepp'; did you mean 'sweep'?",
        "missing.tar": "FileNotFoundError cannot read 'missing.tar': it does not exist",
        "a.example/x.tar": "FileNotFoundError cannot read 'a.example/x.tar': it does not exist",
        "team/name": "FileNotFoundError there is no file 'team/name'",
        "./x/y": "FileNotFoundError cannot read 'x/y': it does not exist",
        "x.ommx": "FileNotFoundError cannot read 'x.ommx': it does not exist",
        "sha256:" + "0" * 64: "LookupError there is no experiment sha256:0",
    }
    done = script(f"""
        import socket, sys

        def forbid(event, args):
            if event == "socket.getaddrinfo" or (
                event == "socket.connect" and args[0].family != socket.AF_UNIX
            ):
                print("network", event, args)

        sys.addaudithook(forbid)
        import trialog

        for text in {list(said)!r}:
            try:
                print(trialog.Experiment.load(text).name)
            except (LookupError, FileNotFoundError) as error:
                print(*(each.__name__ for each in type(error).__bases__[1:]), error)
        try:
            trialog.Experiment.load("localhost:1/team/name")
        except OSError:
            pass
    """)
    lines = done.stdout.splitlines()
    for line, wanted in zip(lines, said.values(), strict=False):
        assert line.startswith(wanted)
    assert all(line.startswith("network") for line in lines[len(said) :])
    assert len(lines) > len(said), done.stderr  # what this test looks for can be seen


def test_loading_twice_changes_nothing(recorded, sealer, elsewhere):
    """The second time the store is as it was after the first."""
    path = sealer.archive(recorded())
    for _ in range(2):
        assert len(trialog.Experiment.load(path, client=elsewhere).runs) == 2
        files = sorted(elsewhere.home.glob("namespaces/**/*.journal"))
        times = [each.stat().st_mtime_ns for each in files]
    assert len(files) == 5  # of the project, the experiment, its commit and its runs
    assert times == [each.stat().st_mtime_ns for each in files]
    assert [each.name for each in trialog.experiments(client=elsewhere)] == ["sweep"]


def test_it_is_found_by_name_id_and_digest_afterwards(recorded, sealer, elsewhere):
    """What was brought in is an experiment of the store like any other, but for writing."""
    path = sealer.archive(recorded())
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert len(loaded.runs) == 2
    for text in (loaded.name, loaded.id, loaded.id[:8], loaded.digest):
        found = trialog.Experiment.load(text, client=elsewhere)
        assert (found.id, found.digest) == (loaded.id, loaded.digest)
    with pytest.raises(trialog.errors.SealedError):
        loaded.run()
    with pytest.raises(trialog.errors.SealedError):
        trialog.Experiment.open("sweep", client=elsewhere).log_parameter("x", 1)


def test_a_taken_name_gets_a_number(recorded, sealer, elsewhere, capsys):
    """Another experiment of the name keeps it; the loaded one says what it is called here."""
    path = sealer.archive(recorded())
    trialog.Experiment("sweep", project="acme/demo", client=elsewhere, commit=False).finish()
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert len(loaded.runs) == 2
    assert loaded.name == "sweep_1"
    assert "is called 'sweep_1' here" in capsys.readouterr().err
    assert len(trialog.Experiment.open("sweep_1", client=elsewhere).runs) == 2


def test_an_attachment_is_fetched_once_and_kept(recorded, sealer, elsewhere):
    """Readers at the same time fetch it once; after that the archive is not needed."""
    path = sealer.archive(recorded(attachment=b"q" * 3_000_000))
    loaded = trialog.Experiment.load(path, client=elsewhere)
    runs = list(loaded.runs)
    assert not list(elsewhere.home.glob("blobs/sha256/*/*"))[5:]
    found = []

    def read(run):
        found.append(run.get_attachment("weights"))

    threads = [threading.Thread(target=read, args=(run,)) for run in runs * 4]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [b"q" * 3_000_000] * 8
    path.unlink()
    assert runs[0].get_attachment("weights") == b"q" * 3_000_000
    assert not list(elsewhere.home.glob("blobs/incoming/*"))


def test_a_lost_archive_is_named(recorded, sealer, elsewhere):
    """Who reads what was not fetched is told what is missing, where it was, and what to do."""
    path = sealer.archive(recorded())
    loaded = trialog.Experiment.load(path, client=elsewhere)
    run = loaded.runs[0]
    moved = path.rename(path.with_name("moved.tar"))
    with pytest.raises(NotFoundError, match=r"5 bytes.*a\.tar.*put it back, or load"):
        run.get_attachment("weights")
    again = trialog.Experiment.load(moved, client=elsewhere)
    assert again.runs[0].get_attachment("weights") == b"noise"


def test_a_changed_attachment_is_refused(recorded, sealer, elsewhere):
    """Bytes that are not those of the digest never reach a reader, nor the store."""
    path = sealer.archive(recorded(attachment=b"precious" * 100))
    loaded = trialog.Experiment.load(path, client=elsewhere)
    run = loaded.runs[0]
    path.write_bytes(path.read_bytes().replace(b"precious" * 100, b"previous" * 100))
    with pytest.raises(IntegrityError, match="holds other bytes"):
        run.get_attachment("weights")
    assert not list(elsewhere.home.glob("blobs/incoming/*"))


def test_an_archive_of_something_else_is_no_experiment(sealer, tmp_path):
    """An image or a plain tar is refused by what it is."""
    import tarfile

    from trialog._oci.descriptors import Manifest

    image = Manifest(
        config=sealer.add(b"{}", "application/vnd.oci.image.config.v1+json"), layers=()
    )
    with pytest.raises(UsageError, match=r"holds no experiment: its type is .*image\.config"):
        trialog.Experiment.load(sealer.write(image))
    plain = tmp_path / "plain.tar"
    with tarfile.open(plain, "w"):
        pass
    with pytest.raises(UsageError, match="no OCI image layout"):
        trialog.Experiment.load(plain)
    with pytest.raises(MissingFileError, match="nowhere"):
        trialog.Experiment.load(tmp_path / "nowhere")


def test_a_truncated_archive_is_refused(recorded, sealer, elsewhere):
    """Wherever it ends early: an error, and nothing in the store."""
    path = sealer.archive(recorded())
    whole = path.read_bytes()
    for size in (0, 100, 5_000, len(whole) // 2, len(whole) - 1024):
        path.write_bytes(whole[:size])
        with pytest.raises((UsageError, IntegrityError)):
            len(trialog.Experiment.load(path, client=elsewhere).runs)
        assert not list(elsewhere.home.glob("namespaces/*/*/runs/*/*"))


def test_killed_in_the_middle_it_is_done_again(recorded, sealer, elsewhere, script):
    """Whatever step was the last one before a kill: loading again completes it."""
    path = sealer.archive(recorded())
    done = script(f"""
        import os, signal, sys
        import trialog
        import trialog._artifacts.loading, trialog._reading

        client = trialog.LocalClient({str(elsewhere.home)!r})

        def load(last_step):
            left = last_step

            def kill(event, args):
                nonlocal left
                makes = event in ("os.rename", "os.mkdir", "os.link") or (
                    event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT
                )
                if makes and str(client.home) in str(args):
                    left -= 1
                    if not left:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(kill)
            runs = len(trialog.Experiment.load({str(path)!r}, client=client).runs)
            os._exit(runs)

        for step in range(1, 100):
            child = os.fork()
            if not child:
                load(step)
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if ended != -signal.SIGKILL:
                break
        print(step, ended)
    """)
    step, ended = map(int, done.stdout.split())
    assert ended == 2, done.stderr
    assert step > 5
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert loaded.run_parameters_df()["lr"].tolist() == [0.1, 0.2]
    assert [each.name for each in trialog.experiments(client=elsewhere)] == ["sweep"]
    assert loaded.verify().blobs == 4


def test_what_is_elsewhere_is_no_damage(recorded, sealer, elsewhere):
    """The doctor tells what is fetched when it is read from what is lost."""
    from trialog._reading import catalog_of

    path = sealer.archive(recorded())
    loaded = trialog.Experiment.load(path, client=elsewhere)
    assert len(loaded.runs) == 2
    catalog = catalog_of(elsewhere.home)
    (finding,) = catalog.verify().findings
    assert (
        finding.problem == f"4 blobs of the experiment are fetched when they are read, from {path}"
    )
    assert not finding.is_error
    assert finding.run_id == loaded.id
    blob = next(elsewhere.home.glob("blobs/sha256/*/*"))
    blob.write_bytes(b"changed")
    assert not catalog.verify().is_sound


def test_several_processes_load_it_at_once(recorded, sealer, elsewhere, script):
    """Each of them has it whole, and it is there once."""
    path = sealer.archive(recorded())
    done = script(f"""
        import os
        import trialog, trialog._artifacts.opening, trialog._reading

        client = trialog.LocalClient({str(elsewhere.home)!r})
        children = []
        for _ in range(6):
            child = os.fork()
            if not child:
                loaded = trialog.Experiment.load({str(path)!r}, client=client)
                runs = [run.get_attachment("weights") for run in loaded.runs]
                os._exit(0 if runs == [b"noise"] * 2 and loaded.is_committed else 1)
            children.append(child)
        print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
    """)
    assert done.stdout == "[0, 0, 0, 0, 0, 0]\n", done.stderr
    assert [each.name for each in trialog.experiments(client=elsewhere)] == ["sweep"]
    assert not list(elsewhere.home.glob("incoming/*"))
