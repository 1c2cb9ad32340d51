"""The style sheet of what is shown in notebooks: light and dark, as the notebook or the system is.

It is a part of each output, since a notebook has no other place for it, and every rule is for our
own class alone. The background is our own too, so that a theme nobody foresaw leaves it readable.
"""

from __future__ import annotations

_LIGHT = (
    "--tl-fg:#1f2328;--tl-dim:#59636e;--tl-bg:#fff;--tl-edge:#d1d9e0;--tl-curve:#0072b2;"
    "--tl-good:#116329;--tl-bad:#b3202a;--tl-open:#0a58a8;--tl-stopped:#7b3c9e;color-scheme:light"
)
_DARK = (
    "--tl-fg:#e6edf3;--tl-dim:#9aa4af;--tl-bg:#15191f;--tl-edge:#39414b;--tl-curve:#56b4e9;"
    "--tl-good:#56c767;--tl-bad:#ff8b80;--tl-open:#6cb6ff;--tl-stopped:#d6abff;color-scheme:dark"
)
_LIGHT_HOSTS = (
    '[data-jp-theme-light="true"]',
    ".vscode-light",
    ".vscode-high-contrast-light",
    'html[theme="light"]',
)
_DARK_HOSTS = (
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
    'html[theme="dark"]',
)
_FONT = "var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif))"
_CODE_FONT = "var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,monospace))"


def _of(hosts: tuple[str, ...]) -> str:
    return ",".join(f"{host} div.trialog" for host in hosts)


STYLE = (
    f"<style>div.trialog{{{_LIGHT}}}"
    f"@media(prefers-color-scheme:dark){{div.trialog{{{_DARK}}}}}"
    f"{_of(_LIGHT_HOSTS)}{{{_LIGHT}}}{_of(_DARK_HOSTS)}{{{_DARK}}}"
    "div.trialog{box-sizing:border-box;display:inline-block;max-width:100%;overflow-x:auto;"
    "padding:.7em 1em;border:1px solid var(--tl-edge);border-radius:6px;background:var(--tl-bg);"
    f"color:var(--tl-fg);font:13px/1.5 {_FONT}}}"
    "div.trialog div{margin:.15em 0}"
    "div.trialog b{font-size:1.1em;overflow-wrap:anywhere}"
    "div.trialog .tl-status{font-weight:600;white-space:nowrap}"
    "div.trialog .tl-good{color:var(--tl-good)}div.trialog .tl-bad{color:var(--tl-bad)}"
    "div.trialog .tl-open{color:var(--tl-open)}div.trialog .tl-stopped{color:var(--tl-stopped)}"
    "div.trialog .tl-dim{color:var(--tl-dim)}"
    "div.trialog .tl-reason{overflow-wrap:anywhere;max-width:56em}"
    "div.trialog .tl-tag{border:1px solid var(--tl-edge);border-radius:9px;padding:0 .5em;"
    "margin-right:.3em}"
    f"div.trialog code{{font-family:{_CODE_FONT};font-size:.95em;color:inherit;background:none;"
    "padding:0}"
    "div.trialog a{color:var(--tl-open)}"
    "div.trialog table{border-collapse:collapse;border:0;margin:.5em 0;color:inherit;"
    "font-size:inherit;table-layout:auto}"
    "div.trialog table th,div.trialog table td{border:0;padding:.1em 1.1em .1em 0;text-align:left;"
    "vertical-align:middle;white-space:nowrap;background:none;color:inherit;max-width:28em;"
    "overflow:hidden;text-overflow:ellipsis}"
    "div.trialog table tr{background:none;border:0}"
    "div.trialog table thead th{color:var(--tl-dim);font-weight:400;"
    "border-bottom:1px solid var(--tl-edge)}"
    "div.trialog table th{font-weight:400}"
    "div.trialog table .tl-number{text-align:right;font-variant-numeric:tabular-nums}"
    "div.trialog svg.tl-curve{display:block;width:150px;height:26px;overflow:visible}"
    "div.trialog svg path{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.3}"
    "div.trialog .tl-line{stroke:var(--tl-curve)}"
    "div.trialog .tl-nan{opacity:.6}"
    "div.trialog .tl-nan,div.trialog .tl-infinite{stroke:var(--tl-bad)}"
    "</style>"
)
