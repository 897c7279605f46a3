"""Runs share the cores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.errors import UsageError
from ganzoo.sweeping.sharing import environment_for, jobs_for


@given(cores=st.integers(1, 256), runs=st.integers(1, 100), asked=st.none() | st.integers(1, 256))
def test_all_threads_together_are_no_more_than_the_cores(cores, runs, asked):
    if asked is not None and asked > cores:
        with pytest.raises(UsageError, match=f"there are {cores} cores"):
            jobs_for(asked, cores, "cpu", runs)
        return
    jobs = jobs_for(asked, cores, "cpu", runs)
    assert 1 <= jobs <= runs
    assert jobs * int(environment_for(jobs, cores, {})["OMP_NUM_THREADS"]) <= cores


def test_fewer_threads_are_left_as_they_are_and_more_are_not():
    assert environment_for(2, 8, {"OMP_NUM_THREADS": "1"})["OMP_NUM_THREADS"] == "1"
    assert environment_for(2, 8, {"OMP_NUM_THREADS": "64"})["OMP_NUM_THREADS"] == "4"
    assert environment_for(2, 8, {"OMP_NUM_THREADS": "many", "HOME": "/"})["OMP_NUM_THREADS"] == "4"


def test_a_gpu_is_given_to_one_run_at_a_time_unless_asked():
    assert jobs_for(None, 32, "cuda", 9) == 1
    assert jobs_for(3, 32, "cuda", 9) == 3
