"""Memory fit of 10,000 workloads on the whole catalog: ``python benchmarks/memory_fit_catalog.py``.

Prints seconds (the median of five calls, and the first one), seconds per workload, what the first
call adds to the process's peak memory, and how long the laws for one workload would take, by a
sample. Arguments: names of cases, all without. Each case runs in a process of its own.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from placement.adapters.catalogs import read_catalog
from placement.memory import known_model, known_model_names, smallest_fit
from placement.memory.catalog_fit import fit_catalog
from placement.problem import Gpu, Model, Serving

__all__ = ["CASES", "Workload", "catalog_gpus", "workloads"]

Workload = tuple[Model, Serving]

STATUS = Path("/proc/self/status")
SAMPLE = 500


def catalog_gpus() -> list[Gpu]:
    """Return the GPUs of every instance type of ``benchmarks/data/catalog``."""
    kinds = read_catalog(Path(__file__).with_name("data") / "catalog").types()
    return [kind.gpu for kind in kinds if kind.gpu]


def workloads(case: str, count: int = 10_000, seed: int = 0) -> list[Workload]:
    """Return the workloads of a case, the same for every seed."""
    random = Random(seed)
    return [CASES[case](random) for _ in range(count)]


def _options(random: Random) -> dict[str, Any]:
    """Return options that are hardly ever the same twice."""
    return {
        "max_model_len": random.randrange(1, 131_072),
        "max_num_seqs": random.choice((None, random.randrange(1, 2000))),
        "concurrency": random.choice((None, 1, random.randrange(1, 100))),
        "max_num_batched_tokens": random.choice((None, random.randrange(256, 20_000))),
        "gpu_memory_utilization": random.uniform(0.5, 1),
        "kv_cache_dtype": random.choice(("auto", "fp8")),
    }


def _known(random: Random) -> Model:
    model = known_model(random.choice(known_model_names()))
    assert model is not None
    return model


def _of_the_table(random: Random) -> Workload:
    return _known(random), Serving(**_options(random))


def _of_every_kind(random: Random) -> Workload:
    """Draw stages, LoRA, a draft model, an engine and a parallel choice, too."""
    return _known(random), Serving(
        **_options(random),
        tensor_parallel=random.choice((None, None, None, 2)),
        pipeline_parallel=random.choice((1, 1, 1, 2, 4)),
        parallel_choice=random.choice(("smallest", "cheapest")),
        max_loras=random.choice((0, 0, 0, 4)),
        draft=random.choice((None, None, None, known_model("Qwen/Qwen3-0.6B"))),
        engine_version=random.choice((None, "0.11.0", "0.17.0", "0.19.1", "0.21.0")),
        allow_at_risk=random.random() < 0.5,
    )


def _of_its_own(random: Random) -> Workload:
    """Draw a model that no other workload has."""
    shape = {"layers": random.randrange(1, 200), "hidden_size": 64 * random.randrange(10, 300)}
    return _known(random).model_copy(update=shape), Serving(**_options(random))


CASES: Mapping[str, Callable[[Random], Workload]] = {
    "models of the table": _of_the_table,
    "every kind of option": _of_every_kind,
    "each its own model": _of_its_own,
}


def _peak() -> float:
    """Return the peak of resident memory in MiB, where Linux tells it. Source: proc(5), VmHWM."""
    if not STATUS.exists():
        return float("nan")
    fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) / 2**10


def _measured(case: str) -> dict[str, float]:
    rows, gpus = workloads(case), catalog_gpus()
    before, seconds = _peak(), []
    for _ in range(5):
        begun = perf_counter()
        fit_catalog(rows, gpus)
        seconds.append(perf_counter() - begun)
        if len(seconds) == 1:
            added = _peak() - before
    random, begun = Random(1), perf_counter()
    for _ in range(SAMPLE):
        (model, serving), gpu = random.choice(rows), random.choice(gpus)
        smallest_fit(model, serving, gpu, gpu.count)
    alone = (perf_counter() - begun) / SAMPLE * len(rows) * len(gpus)
    return {"first": seconds[0], "median": median(seconds), "added": added, "alone": alone}


def _show(case: str, found: Mapping[str, float]) -> None:
    each = found["median"] / 10_000 * 1e6
    print(
        f"{case}: {found['median']:.2f} s (first call {found['first']:.2f} s), {each:.0f} "
        f"microseconds per workload, peak memory +{found['added']:.0f} MiB; one by one "
        f"{found['alone']:.0f} s by a sample of {SAMPLE}"
    )


def main(names: list[str]) -> None:
    """Measure each case in a process of its own, and print it."""
    if names[:1] == ["--measure"]:
        print(json.dumps(_measured(names[1])))
        return
    for case in names or list(CASES):
        done = subprocess.run(
            [sys.executable, __file__, "--measure", case],
            capture_output=True,
            text=True,
            check=True,
        )
        _show(case, json.loads(done.stdout))


if __name__ == "__main__":
    main(sys.argv[1:])
