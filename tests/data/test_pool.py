"""Many items on all cores: by threads, and by processes where there are many."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from ganzoo.contracts import ImageFiles
from ganzoo.data import load_images, pool
from ganzoo.data.decode import own_pixel_limit
from ganzoo.data.pool import in_order
from ganzoo.errors import GanzooError

BY_HAND = "import ganzoo.data.pool as pool; pool.WORTH_PROCESSES = 1; pool.cores = lambda: 2\n"
"""For a script: few items are worth processes."""
LONGEST_S = 60


@pytest.fixture(params=[False, True], ids=["threads", "processes"])
def processes(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(pool, "WORTH_PROCESSES", 1)
        monkeypatch.setattr(pool, "cores", lambda: 2)
    return request.param


def test_results_come_in_order_whatever_the_chunk(processes):
    squares = in_order(lambda index: index * index, 100, chunk=7, processes=processes)
    assert list(squares) == [index * index for index in range(100)]
    assert list(in_order(lambda index: index, 0, processes=processes)) == []


def test_an_error_comes_out_when_its_turn_comes(processes):
    results = in_order(lambda index: 1 // (5 - index), 1000, chunk=1, processes=processes)
    assert [next(results) for _ in range(5)] == [0, 0, 0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_holds_for_the_function_holds_where_it_is_called(processes):
    limits = in_order(lambda _: Image.MAX_IMAGE_PIXELS, 4, chunk=1, within=own_pixel_limit, processes=processes)
    assert list(limits) == [None] * 4
    assert Image.MAX_IMAGE_PIXELS is not None


def test_few_items_are_not_worth_processes():
    assert set(in_order(lambda _: os.getpid(), 50, processes=True)) == {os.getpid()}


def test_many_are_computed_in_other_processes(processes):
    where = set(in_order(lambda _: os.getpid(), 50, processes=processes))
    assert (os.getpid() in where) is not processes


def test_images_and_what_is_left_out_are_the_same(processes, tree, encoded, section, noise, tmp_path):
    files = {f"{index:02d}.png": encoded(seed=index) for index in range(40)} | {"bad.png": b"x", "empty.png": b""}
    store = load_images(ImageFiles(tree(files)), section(), "mine", tmp_path / "cache")
    assert np.array_equal(store.images, np.stack([noise(8, 8, 3, seed=index) for index in range(40)]))
    assert store.report() == "40 images; 2 left out: 1 not an image, 1 empty file (bad.png, empty.png)"


def test_a_process_that_ends_too_early_is_told(monkeypatch):
    monkeypatch.setattr(pool, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(pool, "cores", lambda: 2)
    with pytest.raises(GanzooError, match="ended before its work did"):
        list(in_order(lambda _: os._exit(9), 10, processes=True))


@contextmanager
def script(text, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(BY_HAND + textwrap.dedent(text))
    process = subprocess.Popen(
        [sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with process:
            process.kill()


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    with script("print('begun'); print(sum(pool.in_order(lambda i: i, 100, processes=True)))", tmp_path) as process:
        assert process.communicate(timeout=LONGEST_S) == ("begun\n4950\n", "")


LONG = """
    import signal
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    for result in pool.in_order(lambda index: index, 10**9, chunk=1, processes=True):
        if result < 2:
            print(result, flush=True)
"""


def test_ctrl_c_ends_the_processes_too_and_they_say_nothing(tmp_path):
    with script(LONG, tmp_path) as process:
        assert process.stdout.readline() == "0\n"
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=LONGEST_S)  # to the end of what all of them may write
        assert said.count("Traceback") == 1
        assert process.returncode == -signal.SIGINT
