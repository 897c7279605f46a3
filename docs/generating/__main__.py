"""Writes the generated pages of the reference: the command line, the parts, the configuration, the signatures.

`make docs` runs it; a test compares what it would write with what is committed. Only ganzoo's own parts are listed,
so that what else is installed on a machine does not change a page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from command_line import command_line
from configuration import configuration
from markup import page
from parts import PAGES, index, sections
from signatures import signatures

DOCS = Path(__file__).parents[1]


def pages() -> dict[str, str]:
    """Path below docs/ -> content."""
    return {
        "reference/cli.md": page("Command line", command_line()),
        "reference/parts.md": page("Parts", index()),
        **{
            f"reference/{name}.md": page(title, sections(kinds, words)) for name, (title, kinds, words) in PAGES.items()
        },
        "reference/config.md": page("Configuration", configuration()),
        "reference/signatures.txt": signatures(),
    }


def main() -> None:
    """Write what changed."""
    for name, text in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
