"""Experiments as artifacts: loaded, saved, sent to registries and fetched from them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from trialog._public.experiment_changes import ExperimentChanges
from trialog._public.transfers import show_transfer
from trialog._settings import Settings
from trialog._tracking.client import LocalClient, check_client
from trialog._writing import claims
from trialog.errors import InvalidTypeError, MissingFileError, NotFoundError, UsageError

if TYPE_CHECKING:
    from trialog._artifacts.sources import Artifact
    from trialog._artifacts.verifying import Verified
    from trialog._tracking.experiments import ExperimentRecorder

_SUFFIXES = (".tar", ".ommx")


class ExperimentSharing(ExperimentChanges):
    """What can be done with an experiment that is committed."""

    @classmethod
    def _of(cls, recorder: ExperimentRecorder | None, loaded: Any = None) -> Self:
        raise NotImplementedError

    @classmethod
    def load(
        cls,
        what: str | os.PathLike[str],
        *,
        named: str | None = None,
        client: LocalClient | None = None,
    ) -> Self:
        """An experiment in an archive or a registry, read as far as it is used.

        Now its manifest and its index are read, and no more. The first question beyond them brings
        its journals into the store: it is listed, searched and compared there like any other. An
        attachment is fetched when it is read, checked, and kept.

        The network is asked only where the name says a registry: ``ghcr.io/team/name:tag``.

        Args:
            what: the path of an archive (:meth:`save`, OMMX's, any OCI tool's) or of the folder of
                an OCI image layout; a reference; or a name, tag, id or digest of the store, as for
                ``open``.
            named: the name or digest of the one that is meant, of an archive that holds several.
            client: the store that it is brought into; the default one where not given.

        Raises:
            MissingFileError: there is no such file.
            NotFoundError: nothing is called so; the message names the nearest.
            UsageError: what is there is no experiment.
            IntegrityError: it is damaged.
            RegistryError: the registry refuses, or cannot be reached.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("shared") as experiment:
            ...     experiment.run(parameters={"lr": 0.1}).finish()
            >>> path = experiment.save(getfixture("tmp_path") / "shared.tar")
            >>> other = trialog.LocalClient(getfixture("tmp_path") / "another store")
            >>> trialog.Experiment.load(path, client=other).run_parameters_df()["lr"].tolist()
            [0.1]
        """
        home = _home_of(client)
        if not isinstance(what, str | os.PathLike):
            raise InvalidTypeError(
                f"Experiment.load() takes a path, a reference or a name, not {type(what).__name__}"
            )
        text = os.fspath(what)
        if not isinstance(what, str) or _is_path(text):
            return cls._loaded_from(Path(text).expanduser(), home, named)
        from trialog._oci.references import has_registry, parse_reference  # noqa: PLC0415 # rare

        if has_registry(text):
            return cls._loaded_from(parse_reference(text), home, named)
        from trialog._public.experiments import find_experiment  # noqa: PLC0415 # loads SQL
        from trialog._tracking.experiments import open_experiment  # noqa: PLC0415 # as above

        try:
            return cls._of(open_experiment(find_experiment(text, None, client)))
        except NotFoundError:
            if os.sep not in text:
                raise
        raise MissingFileError(
            f"there is no file {text!r} (looked in {Path.cwd()}), and no experiment of that name; "
            f"an artifact in a registry is called with its host, as in 'ghcr.io/{text.strip('/')}'"
        )

    @classmethod
    def pull(cls, reference: str, *, client: LocalClient | None = None) -> Self:
        """An experiment of a registry, all of it: nothing is fetched later.

        What was cut goes on where it was. Several blobs are fetched at once; on a terminal a bar
        says how far it is.

        Args:
            reference: as in ``"ghcr.io/team/name:tag"``.
            client: the store that it is brought into; the default one where not given.

        Raises:
            NotFoundError: the registry has none of that name.
            UsageError: it is no reference, or what is there is no experiment.
            IntegrityError: the registry gave other bytes than it should.
            RegistryError: the registry refuses, or cannot be reached.
            StoreError: the store cannot be written.
        """
        from trialog._artifacts.pushing import remember  # noqa: PLC0415 # loads requests
        from trialog._format.folders import StoreFolder  # noqa: PLC0415 # beside it
        from trialog._oci.references import parse_reference  # noqa: PLC0415 # beside it

        parsed = parse_reference(reference)
        experiment = cls._loaded_from(parsed, _home_of(client), None)
        loaded = experiment._loaded  # noqa: SLF001 # its own
        assert loaded is not None  # noqa: S101 # it was just made
        size_bytes = sum(blob.size_bytes for blob in loaded.artifact.blobs)
        with show_transfer(f"Pulling {loaded.facts.name}", size_bytes) as progress:
            loaded.bring_in(progress)
            loaded.fetch_all(progress)
        remember(StoreFolder(loaded.store), loaded.artifact, parsed)
        return experiment

    def save(
        self,
        path: str | os.PathLike[str],
        overwrite: bool = False,
        *,
        format: Literal["trialog", "ommx"] = "trialog",  # noqa: A002 # the word for it
    ) -> Path:
        """Write it as an archive: an OCI image layout, which any OCI tool reads.

        The same experiment gives the same bytes. The file is there whole, or not at all.

        Args:
            path: where to; ``.tar`` is the custom.
            overwrite: replace the file that is there.
            format: ``"ommx"`` writes an archive that OMMX opens as an experiment of its own, with
                the runs, parameters, attachments, instances and solutions; ``.ommx`` is the custom.

        Returns:
            The path.

        Raises:
            UsageError: it is not committed; a folder stands there; or there is no such format.
            AttachmentExistsError: the file is there already.
            MissingFileError: its folder is not there.
            IntegrityError: something is not what was sealed.
            OSError: it cannot be written.
        """
        artifact = self._artifact("saved")
        if format == "ommx":
            from trialog._artifacts.ommx_saving import save_for_ommx  # noqa: PLC0415 # loads SQL

            reader = self._experiment_reader()
            return save_for_ommx(artifact, reader, path, overwrite=overwrite)
        if format != "trialog":
            raise UsageError(f"save(format={format!r}): use 'trialog' or 'ommx'")
        from trialog._artifacts.saving import save  # noqa: PLC0415 # loads requests

        with show_transfer(f"Saving {self.name}", _size_bytes(artifact)) as progress:
            return save(artifact, path, name=self.name, overwrite=overwrite, progress=progress)

    def push(self, reference: str) -> str:
        """Send it to a registry: what is missing there, and the manifest last.

        A second push sends the manifest alone; one that was cut goes on where it was. What another
        repository of the registry has is taken over there.

        Args:
            reference: as in ``"ghcr.io/team/name:tag"``; without a tag it is ``latest``.

        Returns:
            The reference with the digest, which means these very bytes for ever.

        Raises:
            UsageError: it is not committed; or it is no reference.
            IntegrityError: something is not what was sealed, or the registry says so.
            RegistryError: the registry refuses, or cannot be reached for a while.
        """
        from trialog._artifacts.pushing import push  # noqa: PLC0415 # loads requests
        from trialog._oci.references import parse_reference  # noqa: PLC0415 # beside it

        parsed = parse_reference(reference)
        artifact = self._artifact("pushed")
        with show_transfer(f"Pushing {self.name}", _size_bytes(artifact)) as progress:
            return push(self._store(), artifact, parsed, progress)

    def tag(self, name: str) -> None:
        """Let one more name lead to it, for ``open``, ``load`` and the command line.

        Args:
            name: a name of this store; or, with a registry's host, a tag there, of a repository
                that it was pushed to: ``"ghcr.io/team/name:best"``.

        Raises:
            InvalidNameError: it cannot be a name.
            UsageError: it leads to another experiment of this store; or it is no tag.
            NotFoundError: it was not pushed there.
            RegistryError: the registry refuses, or cannot be reached.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("sweep-8") as experiment:
            ...     pass
            >>> experiment.tag("best so far")
            >>> trialog.Experiment.load("best so far").name
            'sweep-8'
        """
        from trialog._oci.references import has_registry, parse_reference  # noqa: PLC0415 # rare

        if not has_registry(str(name)):
            super().tag(name)
            return
        from trialog._artifacts.pushing import tag  # noqa: PLC0415 # loads requests

        tag(self._artifact("tagged in a registry"), parse_reference(name))

    def verify(self) -> Verified:
        """Read every byte of it, wherever it is, and compare digests.

        What was not fetched yet is read where it is, and not kept.

        Returns:
            How many blobs and bytes were looked at.

        Raises:
            UsageError: it is not committed.
            IntegrityError: something is missing, or not what was sealed; the message says what.
            RegistryError: the registry refuses, or cannot be reached.

        Example:
            >>> import trialog
            >>> with trialog.Experiment("sound") as experiment:
            ...     pass
            >>> experiment.verify().blobs > 0
            True
        """
        artifact = self._artifact("verified")
        from trialog._artifacts.loading import read_artifact  # noqa: PLC0415 # loads requests
        from trialog._artifacts.verifying import verify  # noqa: PLC0415 # as above

        loaded = self._loaded or read_artifact(artifact, self._store().path)
        project = None if self._own is None else self._address().folder
        with show_transfer(f"Verifying {self.name}", _size_bytes(artifact)) as progress:
            return verify(artifact, loaded.config, project, progress)

    # -- inside --------------------------------------------------------------------------------

    def _complete(self) -> None:
        """Fetch what is still elsewhere of an experiment that is not committed: of OMMX's."""
        address = self._address()
        if claims.origin_of(address.folder, address.experiment) is not None:
            from trialog._artifacts.ommx_loading import complete  # noqa: PLC0415 # rare

            complete(address)

    @classmethod
    def _loaded_from(cls, what: Any, home: Path, named: str | None) -> Self:
        from trialog._artifacts.opening import load  # noqa: PLC0415 # loads requests

        return cls._of(None, load(what, home, named=named))

    def _artifact(self, done: str) -> Artifact:
        """The artifact that it was committed to.

        Raises:
            UsageError: it is not.
        """
        from trialog._artifacts.sources import (  # noqa: PLC0415 # loads requests
            StoreSource,
            find_in_store,
        )
        from trialog._catalog import provenance  # noqa: PLC0415 # loads SQL

        if self._own is None and self._loaded is not None and self._loaded.digest is not None:
            artifact = self._loaded.artifact
            return artifact._replace(source=StoreSource(self._store(), [artifact.source]))
        commit = self._fact("commit")
        if commit is None:
            raise UsageError(
                f"the experiment {self.name!r} is not committed, so it cannot be {done}: "
                "experiment.commit() first"
            )
        reader = self._experiment_reader()
        places = reader.catalog.ask(provenance.sources_of, self.id)
        return find_in_store(self._store(), commit.digest, places)

    def _store(self) -> Any:
        from trialog._format.folders import StoreFolder  # noqa: PLC0415 # beside the others

        if self._own is None and self._loaded is not None:
            return StoreFolder(self._loaded.store)
        return StoreFolder(self._address().home)


def _is_path(text: str) -> bool:
    """Whether a text means a file: one that is there, or one that is called like an archive."""
    path = Path(text)
    if text.endswith(_SUFFIXES) or path.is_absolute() or text.startswith(("./", "../", "~/")):
        return True
    if path.is_dir():
        return os.sep in text or (path / "index.json").exists()
    return path.is_file()


def _home_of(client: LocalClient | None) -> Path:
    home = check_client(client, "load").home
    return Settings.from_environ().home if home is None else home


def _size_bytes(artifact: Artifact) -> int:
    return sum(blob.size_bytes for blob in artifact.blobs)
