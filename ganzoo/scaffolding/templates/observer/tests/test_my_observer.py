"""ganzoo's contract checks, and the table of my-observer itself."""

from ganzoo_my_observer import SPEC, MyObserverConfig
from ganzoo_my_observer.observer import MyObserver

from ganzoo.contracts import RunStart, Tick
from ganzoo.testing import check_observer


def test_it_keeps_the_contract():
    check_observer(SPEC)
    check_observer(SPEC, MyObserverConfig(every=3))


def test_each_second_tick_is_a_line_below_one_head(tmp_path):
    for _ in ("begun", "gone on with"):
        observer = MyObserver(MyObserverConfig(every=2), tmp_path)
        observer.start(RunStart(tmp_path, "a run", {}, (), 0, 0, 100))
        for step in (1, 2, 3):
            observer.tick(Tick(step, step * 8, {"accuracy": 0.5}, 10.0, "healthy"))
    head, *lines = (tmp_path / "numbers.csv").read_text().splitlines()
    assert head.startswith("step,images")
    assert lines == ["2,16,,,0.5,healthy", "2,16,,,0.5,healthy"]
