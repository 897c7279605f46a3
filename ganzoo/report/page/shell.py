"""The page around everything: one file, its scripts and styles inside, the network forbidden.

What is put into a template is escaped by Jinja, in text and in attributes; `tojson` escapes for `<script>`. Scripts are
allowed by their hash, so that nothing which might slip in would run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup

ASSETS = files("ganzoo.report.page") / "assets"


def render(template: str, facts: Mapping[str, object], *, charts: bool = True) -> str:
    """The text of an HTML file.

    Args:
        template: a file among the assets that extends `shell.html`.
        facts: what the template shows; escaped where it is shown.
        charts: the page draws some, and carries the library for it (1.3 MB).
    """
    scripts = [script(name) for name in ("page.js", "samples.js")]
    if charts:
        scripts = [chart_library(), *scripts]
    return (
        _templates()
        .get_template(template)
        .render(
            **facts,
            # Markup: these are ganzoo's own, and the library's.
            page_scripts=[Markup(text) for text in scripts],
            page_style=Markup((ASSETS / "page.css").read_text(encoding="utf-8")),
            page_policy=policy(scripts),
        )
    )


def policy(scripts: Sequence[str]) -> str:
    """The Content-Security-Policy: these scripts and no others, pictures inside the file, no requests."""
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def script(name: str) -> str:
    """One of the page's own scripts."""
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def chart_library() -> str:
    """BokehJS without its widgets, tables and formulas, as the installed package carries it.

    The end of the element that will hold it must not be in it; in its strings and comments `<\\/` says the same.
    """
    import bokeh

    file = Path(str(bokeh.__file__)).parent / "server" / "static" / "js" / "bokeh.min.js"
    return file.read_text(encoding="utf-8").replace("</script", "<\\/script")


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ganzoo.report.page", "assets"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Bokeh reads its models in the order in which they were written, each before it is referred to.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return environment


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
