"""The dashboard's own files, and the one page that loads them.

Every file has an address with a version of all of them in it, so a browser keeps it for ever and
never mixes two versions; an edited file is a new version at the next load of the page. A page's
modules come as one file, its styles too: a hundred requests would take longer than all the rest.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import logging
import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from trialog._dashboard import dashboard_files
from trialog._server.answers import refuse
from trialog._server.joining import OWN, Joined, JoiningError, join, spread
from trialog._server.security import PAGE_POLICY

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
MODULES = {
    "preact": "vendor/preact.js",
    "preact/hooks": "vendor/hooks.js",
    "htm": "vendor/htm.js",
    "htm/preact": "vendor/htm-preact.js",
    "@preact/signals-core": "vendor/signals-core.js",
    "@preact/signals": "vendor/signals.js",
}
"""What a module asks for by name, in the import map."""
_NAMED = 3  # the third part of an address names the page
_COMPRESSED_BYTES = 1 << 10  # smaller files do not gain
_PAGES = {0: "home", 2: "project", 4: "run", 5: "run"}  # by the parts of an address
_VENDOR = "vendor/"
_JOINED = "joined.js"
_STYLES = "joined.css"
_EARLY = "early.js"
# comments with lines of their own; the lines stay, empty, so that errors name the right ones
_COMMENT = re.compile(rb"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)
_FRESH_S = 0.5  # a page asks for several files at once: the folder is not read for each
_KEPT = 32  # joined files that are kept
_log = logging.getLogger("trialog.server")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the dashboard as it is now.

    Attributes:
        path: within the dashboard.
        mtime_ns, size_bytes: what tells one version from another.
    """

    path: str
    mtime_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: bytes, and the same compressed where that is smaller by enough."""

    data: bytes
    compressed: bytes

    @classmethod
    def of(cls, data: bytes) -> Content:
        """Compress what gains by it."""
        is_small = len(data) < _COMPRESSED_BYTES
        return cls(data, b"" if is_small else gzip.compress(data, 9, mtime=0))


def without_comments(data: bytes) -> bytes:
    """A script or style without its comments; what is left stays on its lines."""
    return _COMMENT.sub(lambda comment: b"\n" * comment.group().count(b"\n"), data)


class Assets:
    """Serves them."""

    def __init__(self, root: Path | None = None) -> None:
        """Serve a folder; the package's own where none is given."""
        self._root = Path(str(dashboard_files())) if root is None else root
        self._known: list[Found] = []
        self._read_s = -math.inf
        self._joins: dict[tuple[str, str], Joined | None] = {}
        self._contents: dict[tuple[str, str, str], Content] = {}

    async def serve_page(self, request: Request) -> Response:
        """The page, whatever the address: it finds its place by it."""
        if request.method not in ("GET", "HEAD"):
            return refuse(405, "UsageError", "pages are only read")
        files = self._files()
        text, hashes = self._page(files, request.path_params.get("path", ""))
        policy = PAGE_POLICY.format(script_hashes="".join(f" '{each}'" for each in hashes))
        return Response(
            text,
            media_type=_TYPES[".html"],
            headers={"content-security-policy": policy, "cache-control": "no-store"},
        )

    async def serve_file(self, request: Request) -> Response:
        """One file, a page's modules in one, or all styles in one."""
        path, page = request.path_params["path"], request.path_params["version"].partition("-")[2]
        content = self._content(path, page)
        if content is None:
            return refuse(404, "NotFoundError", f"there is no file {path!r}")
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "accept-encoding",
        }
        data = content.data
        if content.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            data = content.compressed
        return Response(data, media_type=_TYPES[Path(path).suffix], headers=headers)

    async def serve_icon(self, request: Request) -> Response:
        """The picture in a browser's tab."""
        del request
        data = (self._root / "icon.svg").read_bytes()
        return Response(data, media_type=_TYPES[".svg"], headers={"cache-control": "max-age=86400"})

    def prepare(self) -> None:
        """Join and compress what the first page will ask for."""
        for page in set(_PAGES.values()):
            self._content(_JOINED, page)
        self._content(_STYLES, "")

    def modules(self) -> list[str]:
        """Paths of all our modules and those of others."""
        return [each.path for each in self._files() if each.path.endswith(".js")]

    def _files(self) -> list[Found]:
        """All of them, as they are now."""
        self._known, self._read_s = self._read_files(), time.monotonic()
        return self._known

    def _recent_files(self) -> list[Found]:
        """As they were a moment ago, at least."""
        return self._known if time.monotonic() - self._read_s < _FRESH_S else self._files()

    def _read_files(self) -> list[Found]:
        found = []
        for path in sorted(self._root.rglob("*")):
            if path.suffix in _TYPES and not path.name.endswith(".d.ts"):
                status = path.stat()
                name = path.relative_to(self._root).as_posix()
                found.append(Found(name, status.st_mtime_ns, status.st_size))
        return found

    def _content(self, path: str, page: str) -> Content | None:
        """What is to be sent of a file to somebody who looks at a page; None: there is no such."""
        files = self._recent_files()
        known = {each.path for each in files}
        key = (_version(files), page, path)
        if key not in self._contents:
            text = self._text(path, page, files) if path in (*known, _JOINED, _STYLES) else None
            if text is None:
                return None
            while len(self._contents) >= _KEPT * len(known):
                del self._contents[next(iter(self._contents))]
            self._contents[key] = Content.of(text)
        return self._contents[key]

    def _text(self, path: str, page: str, files: Iterable[Found]) -> bytes | None:
        """A file as it is sent."""
        if path == _STYLES:
            return b"\n".join(self._read(each.path) for each in files if _is_style(each.path))
        joined = self._joined(page, files) if page else None
        if path == _JOINED:
            return None if joined is None else joined.text.encode()
        if joined is not None and path in joined.exports:
            address = f"/assets/{_version(files)}-{page}/{_JOINED}"
            return joined.stub(path, address).encode()
        return self._read(path)

    def _read(self, path: str) -> bytes:
        data = (self._root / path).read_bytes()
        if path.endswith(".js") and not path.startswith(_VENDOR):
            data = without_comments(data)
        return data

    def _source(self, path: str) -> str:
        """A module's text, in the forms that can be joined."""
        text = self._read(path).decode()
        return spread(text) if path.startswith(_VENDOR) else text

    def _joined(self, page: str, files: Iterable[Found]) -> Joined | None:
        """The modules of a page in one; None where they cannot be joined."""
        key = (_version(files), page)
        if key not in self._joins:
            paths = [each.path for each in files if each.path.endswith(".js")]
            entries = ["main.js", f"pages/{page}/page.js", f"pages/{page}.js"]
            named = {name: path for name, path in MODULES.items() if path in paths}
            try:
                sources = {path: self._source(path) for path in paths}
                joined = join(sources, [path for path in entries if path in sources], named)
            except (JoiningError, UnicodeDecodeError) as error:
                _log.warning("the modules of %s cannot be joined: %s", page, error)
                joined = None
            while len(self._joins) >= _KEPT:
                del self._joins[next(iter(self._joins))]
            self._joins[key] = joined
        return self._joins[key]

    def _page(self, files: Iterable[Found], place: str) -> tuple[str, list[str]]:
        """The page's text, and the hashes of the scripts in it."""
        version = _version(files)
        parts = [part for part in place.split("/") if part]
        page = parts[2] if len(parts) == _NAMED else _PAGES.get(len(parts), "missing")
        known = {each.path for each in files}
        if f"pages/{page}/page.js" not in known:
            page = "missing"
        joined = self._joined(page, files)
        plain = f"/assets/{version}/"
        own = plain if joined is None else f"/assets/{version}-{page}/"
        imports = {name: own + path for name, path in MODULES.items()}
        import_map = json.dumps({"imports": imports | {OWN: own}})
        main = own + ("main.js" if joined is None else _JOINED)
        links = [
            f'<link rel="modulepreload" href="{main}">',
            f'<link rel="stylesheet" href="{plain}{_STYLES}">',
        ]
        early = self._read(_EARLY).decode() if _EARLY in known else ""
        text = (self._root / "index.html").read_text(encoding="utf-8")
        filled = (
            text.replace("{{import_map}}", import_map)
            .replace("{{early}}", early)
            .replace("{{links}}", "\n    ".join(links))
            .replace("{{main}}", main)
            .replace("{{prefix}}", plain)
        )
        return filled, [_hash(import_map), _hash(early)]


def _is_style(path: str) -> bool:
    return path.endswith(".css") and not path.startswith(_VENDOR)


def _hash(script: str) -> str:
    """What the page's policy calls a script that stands in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _version(files: Iterable[Found]) -> str:
    text = "\n".join(f"{each.path} {each.mtime_ns} {each.size_bytes}" for each in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
