"""Which packages a process can import."""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from time import perf_counter

import pytest

from trialog._witness.packages import read_packages


def install(folder, name, version, *, direct_url=None, readme=""):
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: x\n\n{readme}"
    )
    if direct_url is not None:
        (info / "direct_url.json").write_text(direct_url)


def test_names_and_versions_are_those_of_importlib():
    """Of this very environment, whose packages others have made."""
    expected = {each.metadata["Name"]: each.version for each in distributions(path=sys.path)}
    found = read_packages(sys.path)
    assert found.keys() == expected.keys()
    assert {name: version.partition(" ")[0] for name, version in found.items()} == expected
    assert list(found) == sorted(found, key=lambda name: name.lower().replace("_", "-"))


def test_the_first_place_counts(tmp_path):
    """As for an import; places are meant from the process's folder."""
    install(tmp_path / "a", "Some-Package", "2.0")
    install(tmp_path / "b", "some_package", "1.0")
    install(tmp_path / "b", "other", "3.0")
    found = read_packages(["a", "", str(tmp_path / "b"), "nowhere"], str(tmp_path))
    assert found == {"other": "3.0", "Some-Package": "2.0"}


def test_an_editable_package_tells_its_commit(tmp_path, repository, git):
    """The version of such a one says little."""
    url = repository.as_uri()
    install(tmp_path, "mine", "1.0", direct_url=f'{{"url":"{url}","dir_info":{{"editable":true}}}}')
    install(
        tmp_path,
        "loose",
        "1.0",
        direct_url='{"url":"file:///no/where","dir_info":{"editable":true}}',
    )
    commit = git(repository, "rev-parse", "HEAD")
    assert read_packages([str(tmp_path)]) == {
        "loose": "1.0 (editable)",
        "mine": f"1.0 (editable, commit {commit[:12]})",
    }


def test_a_package_from_a_repository_tells_its_commit(tmp_path):
    """And from where, without the password."""
    origin = (
        '{"url": "https://me:hunter2@example.com/a.git", '
        '"vcs_info": {"vcs": "git", "commit_id": "0123456789abcdef0123"}}'
    )
    install(tmp_path, "theirs", "1.0", direct_url=origin)
    install(tmp_path, "wheel", "1.0", direct_url='{"url": "file:///a.whl", "archive_info": {}}')
    assert read_packages([str(tmp_path)]) == {
        "theirs": "1.0 (from https://[redacted]@example.com/a.git, commit 0123456789ab)",
        "wheel": "1.0",
    }


@pytest.mark.parametrize(
    "origin", ["", "nonsense", "[]", "1", '{"vcs_info": 1}', '{"dir_info": 1}']
)
def test_what_is_broken_is_left_out(tmp_path, origin):
    """And nothing else is."""
    install(tmp_path, "good", "1.0")
    install(tmp_path, "odd", "1.0", direct_url=origin)
    (tmp_path / "empty-1.0.dist-info").mkdir()
    (tmp_path / "bad-1.0.dist-info").mkdir()
    (tmp_path / "bad-1.0.dist-info/METADATA").write_bytes(b"\xff\xfe\0")
    (tmp_path / "egg-1.0.egg-info").write_text("Name: egg\nVersion: 1.0\n")
    found = read_packages([str(tmp_path), str(tmp_path / "good-1.0.dist-info/METADATA")])
    assert found["good"] == "1.0"
    assert found["egg"] == "1.0"


def test_three_hundred_packages_take_less_than_half_a_second(tmp_path):
    """Of the witness's time; their descriptions are long, as they are in truth."""
    for number in range(300):
        install(tmp_path, f"package-{number}", "1.0", readme="word\n" * 10_000)
    took = []
    for _ in range(3):
        begin = perf_counter()
        assert len(read_packages([str(tmp_path)])) == 300
        took.append(perf_counter() - begin)
    assert min(took) < 0.5
