"""A reader who follows a tutorial on plugins: types each command, writes each file, applies each change, in order.

The environment borrows this one's packages; everything else is as the page says. Runs are made smaller.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commands import lines_in
from conftest import Block

READY_BEFORE = ("python -m venv .venv", ". .venv/bin/activate", "pip install ../ganzoo")
"""Done by `environment`: ganzoo is lent and not installed again."""
OFFLINE = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet")
NOT_AT_THE_END = "--set evaluation.at_end=false --set evaluation.memorising=false"
LESS = f"--image-size 16 --set samples.count=4 --set training.batch_size=8 {NOT_AT_THE_END}"
GANZOO = ("-c", "from ganzoo.cli.app import main; main()")


def environment(home: Path) -> Path:
    """The Python of a new virtual environment that sees the packages of this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    names = {"base": str(home), "platbase": str(home)}
    # `addsitedir`, not the bare path: an editable installation is itself a .pth file in there.
    lent = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (home / sysconfig.get_path("purelib", "venv", names) / "lent.pth").write_text(lent)
    return home / ("Scripts" if os.name == "nt" else "bin") / "python"


@dataclass
class Reader:
    """Someone in an empty folder.

    Attributes:
        package: the folder that `ganzoo new` writes, by name.
        said: what each command printed, by the command as the page has it.
    """

    home: Path
    python: Path
    package: str
    said: dict[str, str] = field(default_factory=dict)

    def follow(self, blocks: Sequence[Block]) -> None:
        """Do all that the blocks of a page say.

        Raises:
            AssertionError: a command fails, or a change does not fit the file that it is for.
        """
        for block in blocks:
            file = self.home / self.package / block.title
            if block.language == "bash":
                for line in lines_in(block):
                    self.said[line] = self.type(line)
            elif block.title and block.language == "diff":
                file.write_text(changed(file.read_text(encoding="utf-8"), block), encoding="utf-8")
            elif block.title:
                file.write_text(block.text, encoding="utf-8")

    def type(self, line: str) -> str:
        """What a command prints on both streams."""
        if line in READY_BEFORE:
            return ""
        done = subprocess.run(
            self._words(line),
            cwd=self.home,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _words(self, line: str) -> list[str]:
        program, *words = line.replace('"', "").split()
        if program == "pip":
            return [sys.executable, "-m", "pip", "--python", str(self.python), words[0], *OFFLINE, *words[1:]]
        if program == "python":
            return [str(self.python), *words, "-p", "no:cacheprovider"]
        assert program == "ganzoo", line
        if words[0] == "run":
            words = re.sub(r" --epochs \d+|$", " --steps 4", f"{' '.join(words)}", count=1).split() + LESS.split()
        return [str(self.python), *GANZOO, *words]


def changed(text: str, block: Block) -> str:
    """The text after a `diff` block: each run of lines that go, in the place of which others come.

    Raises:
        AssertionError: lines that go are not there, or not once.
    """
    for gone, come in hunks(block.text):
        assert gone, f"{block.page}: {come!r} comes, and where is not said"
        assert text.count(gone) == 1, f"{block.page}: not once in {block.title}:\n{gone}"
        text = text.replace(gone, come)
    return text


def hunks(diff: str) -> Iterator[tuple[str, str]]:
    """What goes and what comes, each as whole lines."""
    for hunk in re.findall(r"(?:^-.*\n)+(?:^\+.*\n)*", diff, re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        yield (
            "".join(line[1:] for line in lines if line.startswith("-")),
            "".join(line[1:] for line in lines if line.startswith("+")),
        )
