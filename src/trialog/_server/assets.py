"""The dashboard's own files, and the one page that loads them.

Every file has an address with a version of all of them in it, so a browser keeps it for ever and
never mixes two versions; an edited file is a new version at the next load of the page. The page
names each module it needs beforehand, so the browser asks for all of them at once.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from trialog._dashboard import dashboard_files
from trialog._server.answers import refuse
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
    "uplot": "vendor/uplot.js",
}
"""What a module asks for by name, in the import map."""
_NAMED = 3  # the third part of an address names the page
_COMPRESSED_BYTES = 1 << 10  # smaller files do not gain
_PAGES = {0: "home", 2: "project", 4: "run", 5: "run"}  # by the parts of an address
_IMPORT = re.compile(
    r'^(?:import|export)\b[^"\';]*?\bfrom "([^"]+)"|^import "([^"]+)"', re.MULTILINE
)
# comments with lines of their own; the lines stay, empty, so that errors name the right ones
_COMMENT = re.compile(rb"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)
_OWN = "trialog/"
_FRESH_S = 0.5  # a page asks for a hundred files at once: the folder is not read for each


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


class Assets:
    """Serves them."""

    def __init__(self, root: Path | None = None) -> None:
        """Serve a folder; the package's own where none is given."""
        self._root = Path(str(dashboard_files())) if root is None else root
        self._known: list[Found] = []
        self._read_s = -math.inf

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
        """One file."""
        path = request.path_params["path"]
        found = next((each for each in self._recent_files() if each.path == path), None)
        if found is None:
            return refuse(404, "NotFoundError", f"there is no file {path!r}")
        data, is_compressed = _content(self._root / path, found)
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "accept-encoding",
        }
        if is_compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        elif is_compressed:
            data = gzip.decompress(data)
        return Response(data, media_type=_TYPES[Path(path).suffix], headers=headers)

    async def serve_icon(self, request: Request) -> Response:
        """The picture in a browser's tab."""
        del request
        data = (self._root / "icon.svg").read_bytes()
        return Response(data, media_type=_TYPES[".svg"], headers={"cache-control": "max-age=86400"})

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

    def _needed(self, files: Iterable[Found], entries: Iterable[str]) -> set[str]:
        """The modules that some need, and those that these need, and so on."""
        known = {each.path: each for each in files}
        needed: set[str] = set()
        waiting = [path for path in entries if path in known]
        while waiting:
            path = waiting.pop()
            if path not in needed:
                needed.add(path)
                imports = _imports(self._root / path, known[path])
                waiting += [each for each in imports if each in known]
        return needed

    def _page(self, files: Iterable[Found], place: str) -> tuple[str, list[str]]:
        """The page's text, and the hashes of the scripts in it."""
        paths = [each.path for each in files]
        prefix = f"/assets/{_version(files)}/"
        imports = {name: prefix + path for name, path in MODULES.items()}
        import_map = json.dumps({"imports": imports | {"trialog/": prefix}})
        parts = [part for part in place.split("/") if part]
        own = parts[2] if len(parts) == _NAMED else _PAGES.get(len(parts), "missing")
        needed = self._needed(files, ["main.js", f"pages/{own}/page.js", f"pages/{own}.js"])
        links = [
            f'<link rel="stylesheet" href="{prefix}{path}">'
            for path in paths
            if path.endswith(".css")
        ]
        links += [
            f'<link rel="modulepreload" href="{prefix}{path}">' for path in paths if path in needed
        ]
        text = (self._root / "index.html").read_text(encoding="utf-8")
        filled = (
            text.replace("{{import_map}}", import_map)
            .replace("{{links}}", "\n    ".join(links))
            .replace("{{prefix}}", prefix)
        )
        digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
        return filled, [f"sha256-{digest}"]


def _version(files: Iterable[Found]) -> str:
    text = "\n".join(f"{each.path} {each.mtime_ns} {each.size_bytes}" for each in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@lru_cache(maxsize=512)
def _imports(path: Path, found: Found) -> tuple[str, ...]:
    """What a module imports at once; ``found`` tells its versions apart."""
    del found
    names = [first or second for first, second in _IMPORT.findall(path.read_text(encoding="utf-8"))]
    return tuple(MODULES.get(name, name.removeprefix(_OWN)) for name in names)


@lru_cache(maxsize=512)
def _content(path: Path, found: Found) -> tuple[bytes, bool]:
    """A file's bytes, and whether they are compressed; ``found`` tells its versions apart."""
    data = path.read_bytes()
    if path.suffix == ".js" and path.parent.name != "vendor":
        data = _COMMENT.sub(lambda comment: b"\n" * comment.group().count(b"\n"), data)
    if found.size_bytes < _COMPRESSED_BYTES:
        return data, False
    return gzip.compress(data, 9, mtime=0), True
