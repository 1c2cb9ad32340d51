"""Modules of the dashboard joined into one file, so that a browser asks once, not a hundred times.

Nothing is built beforehand: a page's modules are joined as they are when it is asked for. Each
becomes a function called once, in the order in which modules run; it gives an object of what it
exports. A module asked for by its own address, as by a later `import()`, is a *stub* that hands on
what the joined one has: there is one of each, never two.

It knows the few forms that our modules have, and :func:`spread` those of the minified ones of
others; :func:`join` refuses any other, and the page is served module by module then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

OWN = "trialog/"
_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"([^"\n]+)";?[ \t]*$', re.MULTILINE)
_LATER = re.compile(rf'\bimport\("{OWN}([^"\n]+)"\)')
_DECLARED = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_LISTED = re.compile(r'^export \{([^}]*)\}(?: from "([^"\n]+)")?;?[ \t]*$', re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_BEFORE = r"(?:(?<=[;}])|^)"  # where a statement begins in a minified module
_TAKEN = re.compile(_BEFORE + r'import(?: (\w+) |\{([^}]*)\})from"([^"]+)";?', re.MULTILINE)
_GIVEN = re.compile(_BEFORE + r'export\{([^}]*)\}(?:from"([^"]+)")?;?', re.MULTILINE)
_DEFAULT = re.compile(_BEFORE + r"export default function(?=\()", re.MULTILINE)


Finder = Callable[[str], str | None]
"""The path of a module that another one names; None: it is not joined."""


class JoiningError(Exception):
    """A module has a form that is not known here."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Modules in one file.

    Attributes:
        text: the file, itself a module.
        exports: what each module gives, by its path, in the order in which they run.
        others: modules of others that these need, as they name them.
    """

    text: str
    exports: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]

    def stub(self, path: str, address: str) -> str:
        """One of the modules, for who asks for it alone; ``address`` is that of the whole."""
        name = f"m{list(self.exports).index(path)}"
        names = ", ".join(each for each in self.exports[path] if each != "default")
        taken = f"export const {{ {names} }} = {name};\n" if names else ""
        if "default" in self.exports[path]:
            taken += f"export default {name}.default;\n"
        return f'import {{ {name} }} from "{address}";\n{taken}'


def spread(text: str) -> str:
    """A minified module with its imports and exports in the forms, and on lines, of our own."""

    def take(match: re.Match[str]) -> str:
        names = f"default as {match[1]}" if match[1] else match[2]
        return f'\nimport {{ {names} }} from "{match[3]}";\n'

    def give(match: re.Match[str]) -> str:
        source = f' from "{match[2]}"' if match[2] else ""
        return f"\nexport {{ {match[1]} }}{source};\n"

    text, count = _DEFAULT.subn("\nfunction ownDefault", text)
    text = _GIVEN.sub(give, _TAKEN.sub(take, text))
    return text + ("\nexport { ownDefault as default };\n" if count else "")


def join(
    sources: Mapping[str, str], entries: Iterable[str], named: Mapping[str, str] | None = None
) -> Joined:
    """Join modules, and all that they need at once.

    Args:
        sources: the text of every module, by its path.
        entries: where to begin.
        named: paths of modules that are asked for by a name, by that; other names stay imports.

    Raises:
        JoiningError: a module has a form that is not known here.
    """
    named = named or {}

    def find(name: str) -> str | None:
        return name.removeprefix(OWN) if name.startswith(OWN) else named.get(name)

    order: list[str] = []
    for entry in entries:
        _visit(entry, sources, order, set(), find)
    exports = {path: _exports(path, sources[path]) for path in order}
    places = {path: place for place, path in enumerate(order)}
    others: dict[str, str] = {}
    parts = [_part(path, sources[path], places, exports, others, find) for path in order]
    heads = [f'import * as {name} from "{what}";' for what, name in others.items()]
    names = ", ".join(f"m{place}" for place in places.values())
    return Joined(
        text="\n".join([*heads, *parts, f"export {{ {names} }};\n"]),
        exports={path: tuple(theirs) for path, theirs in exports.items()},
        others=tuple(others),
    )


def _visit(
    path: str, sources: Mapping[str, str], order: list[str], seen: set[str], find: Finder
) -> None:
    """Append a module behind those that it imports, as browsers run them."""
    if path in seen or path in order:
        return
    if path not in sources:
        raise JoiningError(f"there is no module {path}")
    seen.add(path)
    for name in _imported(sources[path]):
        if (needed := find(name)) is not None:
            _visit(needed, sources, order, seen, find)
    order.append(path)


def _imported(text: str) -> list[str]:
    listed = [(each.start(), each[2]) for each in _LISTED.finditer(text) if each[2]]
    return [
        name for _, name in sorted([*((e.start(), e[2]) for e in _IMPORT.finditer(text)), *listed])
    ]


def _exports(path: str, text: str) -> dict[str, str]:
    """What a module exports: the name, and its kind or where it comes from."""
    found = {name: kind for kind, name in _DECLARED.findall(text)}
    for names, _ in _LISTED.findall(text):
        found |= {outer: "listed" for _, outer in _pairs(path, names)}
    return found


def _part(
    path: str,
    text: str,
    places: Mapping[str, int],
    exports: Mapping[str, Mapping[str, str]],
    others: dict[str, str],
    find: Finder,
) -> str:
    """A module as a function that is called; it has as many lines as before."""
    given: list[str] = []

    def object_of(name: str) -> str:
        if (own := find(name)) is not None:
            return f"m{places[own]}"
        return others.setdefault(name, f"v{len(others)}")

    def take(match: re.Match[str]) -> str:
        names, name = match[1], match[2]
        lines = "\n" * match[0].count("\n")
        if names is None:
            object_of(name)
            return lines
        pairs = _pairs(path, names)
        own = find(name)
        if own is not None and places[own] >= places[path]:
            return _from_later(path, own, pairs, exports, object_of(name)) + lines
        taken = ", ".join(f"{outer}: {inner}" for outer, inner in pairs)
        return f"const {{ {taken} }} = {object_of(name)};{lines}"

    def give(match: re.Match[str]) -> str:
        names, name = match[1], match[2]
        source = f"{object_of(name)}." if name else ""
        given.extend(f"{outer}: {source}{inner}" for inner, outer in _pairs(path, names))
        return "\n" * match[0].count("\n")

    text = _IMPORT.sub(take, text)
    text = _LISTED.sub(give, text)
    given += [name for _, name in _DECLARED.findall(text)]
    text = _DECLARED.sub(r"\1 \2", text)
    if left := _LEFT.search(text):
        raise JoiningError(f"{path}: {left[0]}")
    text = _LATER.sub(
        lambda match: (
            f"Promise.resolve().then(() => m{places[match[1]]})" if match[1] in places else match[0]
        ),
        text,
    )
    return f"var m{places[path]} = (() => {{{text}\nreturn {{ {', '.join(given)} }}; }})();"


def _from_later(
    path: str,
    own: str,
    pairs: list[tuple[str, str]],
    exports: Mapping[str, Mapping[str, str]],
    source: str,
) -> str:
    """What a module takes from one that runs after it: functions, and nothing else."""
    taken = []
    for outer, inner in pairs:
        if "function" not in exports[own].get(outer, ""):
            raise JoiningError(f"{path} takes {outer} from {own}, which needs it itself")
        taken.append(f"const {inner} = (...given) => {source}.{outer}(...given);")
    return " ".join(taken)


def _pairs(path: str, names: str) -> list[tuple[str, str]]:
    """The names of a list, before and after `as`."""
    pairs = []
    for each in filter(None, (name.strip() for name in names.split(","))):
        words = each.split()
        if len(words) not in (1, 3) or words[1:2] not in ([], ["as"]):
            raise JoiningError(f"{path}: {each}")
        pairs.append((words[0], words[-1]))
    return pairs
