"""Every test that the page on reliability names is there."""

from __future__ import annotations

import ast
import re

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAGE = "docs/explanation/reliability.md"


def test_each_row_of_faults_names_tests_that_exist(root):
    text = (root / PAGE).read_text(encoding="utf-8")
    table = text.partition("## Faults")[2].partition("\nA test is worth")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 25
    for row in rows:
        assert NAMED.search(row), f"no test: {row}"
    for file, name in set(NAMED.findall(text)):
        path = root / file
        assert path.is_file(), f"{PAGE} names {file}"
        functions = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{PAGE} names {file}::{name}"


def test_at_least_five_guards_were_taken_out_and_their_tests_failed(root):
    text = (root / PAGE).read_text(encoding="utf-8")
    table = text.partition("| guard taken out")[2].partition("##")[0]
    assert len(NAMED.findall(table)) >= 5
