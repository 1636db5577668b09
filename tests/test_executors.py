"""Executors: the same plan, byte for byte, with any, and whatever happens to it."""

import io
import multiprocessing
import pickle
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from placement import Plan, Problem, place
from placement.errors import SolverError
from placement.formulation.milp import Milp
from placement.solver import Limits
from placement.solvers.decomposition import improving
from placement.solvers.decomposition.block import Task
from placement.solvers.decomposition.workers import Patience, outcomes
from tests.executors import Deadly, Listening, Raising, Silent, Stopping

ROOT = Path(__file__).parents[1]
SPAWN = multiprocessing.get_context("spawn")  # a test run has threads: they do not survive a fork


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make examples and benchmarks importable, as their scripts see each other."""
    before = list(sys.path)
    sys.path[:0] = [str(ROOT / "examples"), str(ROOT / "benchmarks")]
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def problem(importable: None) -> Problem:
    """Return the example's fleet with 150 workloads: blocks in batches of three and more."""
    from dask_fleet import fleet

    return fleet(150)


@pytest.fixture(scope="module")
def alone(problem: Problem) -> Plan:
    """Return the plan without an executor."""
    plan = solved(problem, None)
    assert plan.strategy == "decomposition"
    assert plan.ended_by == "gap"
    return plan


def solved(problem: Problem, executor: Executor | None, time_limit: float = 600.0) -> Plan:
    """Return the decomposition's plan; the gap ends it before the proof, which has no parts."""
    return place(
        problem, strategy="decomposition", executor=executor, time_limit=time_limit, gap=1e-4
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    """Return a dask cluster of two processes; a task that has killed two workers is given up."""
    import dask
    from dask.distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as workers,
        Client(workers) as client,
    ):
        yield client.get_executor()


def test_dask_gives_the_same_plan(problem: Problem, alone: Plan, cluster: Executor) -> None:
    assert solved(problem, cluster).fingerprint() == alone.fingerprint()


@pytest.mark.parametrize("times", [1, 2])
def test_dask_gives_the_same_plan_where_workers_are_killed(
    times: int, problem: Problem, alone: Plan, cluster: Executor, tmp_path: Path
) -> None:
    """Killed once, dask does the task again; the second time it gives up, and it is done here."""
    deadly = Deadly(cluster, tmp_path, times)
    assert solved(problem, deadly).fingerprint() == alone.fingerprint()
    assert len(list(tmp_path.iterdir())) == times
    assert deadly.given > 3


def test_processes_give_the_same_plan_where_one_is_killed(
    problem: Problem, alone: Plan, tmp_path: Path
) -> None:
    """Python's own pool is broken from then on; what it has and all that follows is done here."""
    with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        deadly = Deadly(pool, tmp_path, 1)
        assert solved(problem, deadly).fingerprint() == alone.fingerprint()
        assert len(list(tmp_path.iterdir())) == 1
        with pytest.raises(BrokenProcessPool):
            pool.submit(int)


def test_the_guide_gives_the_same_plan_with_processes(
    problem: Problem, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "scale-out.md").read_text()
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    exec(code, {"document": problem.model_dump(mode="json"), "__name__": "__main__"})
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("at_once", [True, False])
def test_what_an_executor_fails_at_is_done_here(
    at_once: bool, problem: Problem, alone: Plan
) -> None:
    raising = Raising(ConnectionError("the scheduler is gone"), at_once=at_once)
    assert solved(problem, raising).fingerprint() == alone.fingerprint()
    assert raising.given > 2


def test_what_an_executor_drops_when_it_is_shut_down_is_done_here(
    problem: Problem, alone: Plan
) -> None:
    with ThreadPoolExecutor(1) as pool:
        stopping = Stopping(pool)
        assert solved(problem, stopping).fingerprint() == alone.fingerprint()
        assert stopping.given > 3


def test_an_executor_that_never_answers_is_left_at_the_deadline(problem: Problem) -> None:
    silent = Silent()
    plan = solved(problem, silent, time_limit=2.0)
    assert plan.ended_by == "time"
    assert plan.replicas_unplaced == 0
    assert all(future.cancelled() for future in silent.futures)


def test_cancel_is_heard_while_an_executor_does_not_answer(problem: Problem) -> None:
    silent, asked = Silent(), []

    def cancel() -> bool:
        """Return True once, while answers are waited for."""
        asked.append(bool(silent.futures))
        return asked.count(True) == 2

    plan = place(
        problem, strategy="decomposition", executor=silent, cancel=cancel, time_limit=600.0
    )
    assert plan.ended_by == "cancelled"
    assert all(future.cancelled() for future in silent.futures)


def test_blocks_of_a_large_fleet_are_small_messages_of_arrays() -> None:
    """At 2,000 workloads x 200 clusters x 60 types; a message is what an executor is handed."""
    from fleets import SIZES, problem

    heard = Listening()
    place(
        problem(SIZES["L"]),
        strategy="decomposition",
        executor=heard,
        cancel=lambda: len(heard.messages) > 0,
        time_limit=600.0,
    )
    assert len(heard.messages) == improving.BATCH
    assert max(map(len, heard.messages)) < 2**20
    assert set().union(*map(modules, heard.messages)) <= {
        "numpy",
        "placement.formulation.milp",
        "placement.solver",
        "placement.solvers.decomposition.block",
    }


def modules(message: bytes) -> set[str]:
    """Return the modules whose classes and functions a pickle names."""
    found = set()

    class Looking(pickle.Unpickler):
        def find_class(self, module_name: str, global_name: str, /) -> object:
            inside = module_name.startswith("numpy.")
            found.add("numpy" if inside else module_name)
            return super().find_class(module_name, global_name)

    Looking(io.BytesIO(message)).load()
    return found


def tasks(count: int) -> list[Task]:
    """Return tasks whose answer is a 1."""
    one = np.ones(1)
    milp = Milp(cost=one, lower=one, upper=one, families=())
    return [Task(milp=milp, limits=Limits(), start=np.ones(1, dtype=np.int64))] * count


def patience(seconds: float) -> Patience:
    """Return patience until some seconds from now."""
    return Patience(until=time.perf_counter() + seconds, stop=lambda: False)


def test_nothing_is_handed_over_where_there_is_one_task() -> None:
    silent = Silent()
    (outcome,) = outcomes(tasks(1), silent, patience(600))
    assert outcome is not None
    assert outcome.values is not None
    assert outcome.values.tolist() == [1]
    assert silent.futures == []


def test_what_is_not_there_at_the_deadline_is_given_up() -> None:
    silent = Silent()
    assert outcomes(tasks(3), silent, patience(0.2)) == [None, None, None]
    assert [future.cancelled() for future in silent.futures] == [True, True, True]


@pytest.mark.parametrize("at_once", [True, False])
def test_nothing_is_done_here_after_the_deadline(at_once: bool) -> None:
    raising = Raising(RuntimeError("no"), at_once=at_once)
    assert outcomes(tasks(2), raising, patience(0)) == [None, None]


def test_what_is_there_counts_even_after_the_deadline() -> None:
    class Prompt(Silent):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = super().submit(fn, *args)
            future.set_result(fn(*args))
            return future

    assert None not in outcomes(tasks(2), Prompt(), patience(0))


def test_a_backend_that_broke_elsewhere_is_not_tried_here() -> None:
    broken = Raising(SolverError("highs failed"), at_once=False)
    assert outcomes(tasks(2), broken, patience(600)) == [None, None]


def test_patience_stays_over_and_asks_no_more() -> None:
    answers = iter([False, True])
    waiting = Patience(until=time.perf_counter() + 600, stop=lambda: next(answers))
    assert not waiting.over()
    assert waiting.left > 0
    assert waiting.over()
    assert waiting.over()
    assert waiting.left == 0
