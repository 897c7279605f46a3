"""The page around everything: one file, its scripts and styles inside, the network forbidden.

What is put into a template is escaped by Jinja, in text and in attributes; `tojson` escapes for `<script>`. Scripts are
allowed by their hash, so that nothing which might slip in would run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

HOME = "ganzoo.report.page"
OF_A_FILE = ("page.js", "samples.js")
"""Scripts of a page that is a file."""


def render(template: str, facts: Mapping[str, object], *, charts: bool = True) -> str:
    """The text of an HTML file.

    Args:
        template: a file among the assets that extends `shell.html`.
        facts: what the template shows; escaped where it is shown.
        charts: the page draws some, and carries the library for it (1.3 MB).
    """
    scripts = [asset(name) for name in OF_A_FILE]
    if charts:
        scripts = [chart_library(), *scripts]
    return filled(HOME, template, facts, scripts, asset("page.css"), policy(scripts))


def render_served(package: str, name: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """The text of a page that a server gives out and that asks this server for pictures; and its policy.

    Args:
        package: in whose `assets/` lie `NAME.html`, which extends `shell.html`, `NAME.js`, and `NAME.css`.
        name: of the page.
        facts: what the template shows; escaped where it is shown.
    """
    scripts = [asset(f"{name}.js", package)]
    style = asset("page.css") + asset(f"{name}.css", package)
    allowed = policy(scripts, "connect-src 'self'; img-src data: blob:")
    return filled(package, f"{name}.html", facts, scripts, style, allowed), allowed


def filled(
    package: str, template: str, facts: Mapping[str, object], scripts: Sequence[str], style: str, allowed: str
) -> str:
    """A package's template with its facts, and the page's scripts, style and policy."""
    return (
        _templates(package)
        .get_template(template)
        .render(
            **facts,
            # Markup: these are ganzoo's own, and the library's.
            page_scripts=[Markup(text) for text in scripts],
            page_style=Markup(style),
            page_policy=allowed,
        )
    )


def policy(scripts: Sequence[str], sources: str = "img-src data:") -> str:
    """The Content-Security-Policy: these scripts and no others, and nothing from anywhere but `sources`."""
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; {sources}; "
        "base-uri 'none'; form-action 'none'"
    )


def asset(name: str, package: str = HOME) -> str:
    """One of a page's own scripts or styles."""
    return (files(package) / "assets" / name).read_text(encoding="utf-8")


@cache
def chart_library() -> str:
    """BokehJS without its widgets, tables and formulas, as the installed package carries it.

    The end of the element that will hold it must not be in it; in its strings and comments `<\\/` says the same.
    """
    import bokeh

    file = Path(str(bokeh.__file__)).parent / "server" / "static" / "js" / "bokeh.min.js"
    return file.read_text(encoding="utf-8").replace("</script", "<\\/script")


@cache
def _templates(package: str) -> jinja2.Environment:
    """Those of a package, and those of pages in general."""
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(one, "assets") for one in dict.fromkeys((package, HOME))]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(breakable=_breakable, with_small_error=_with_small_error)
    # Bokeh reads its models in the order in which they were written, each before it is referred to.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return environment


def _breakable(name: str) -> Markup:
    """A setting's name, which a narrow column breaks behind a dot or an underscore rather than anywhere."""
    return Markup("<wbr>").join(re.split(r"(?<=[._])", name))


def _with_small_error(figure: str) -> Markup:
    """`1.23 ± 0.04` with the error in smaller letters; any other figure as it is."""
    value, plus_minus, error = figure.partition(" ± ")
    return Markup("{} <small>± {}</small>").format(value, error) if plus_minus else escape(value)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
