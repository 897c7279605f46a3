"""Tables outside a terminal."""

from rich.table import Table

from ganzoo.cli.views.tables import console_for_tables


def test_nothing_of_a_table_is_cut_off_in_a_file(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    words = [f"word-{number}-{'x' * 30}" for number in range(8)]
    table = Table(*words)
    table.add_row(*words)
    console_for_tables().print(table)
    printed = capsys.readouterr().out
    assert all(printed.count(word) == 2 for word in words)


def test_a_width_that_is_asked_for_is_kept(monkeypatch):
    monkeypatch.setenv("COLUMNS", "66")
    assert console_for_tables().width == 66
