"""Workloads of a generated fleet, as parts of a document: real models, made-up demand."""

from collections.abc import Collection, Sequence
from random import Random
from typing import Any

from menu import MODELS

from placement.memory import known_model
from placement.problem import Model

__all__ = ["draw_workloads"]

Json = dict[str, Any]

BYTES = {"float32": 4.0, "float16": 2.0, "bfloat16": 2.0, "fp8": 1.0, "int8": 1.0}
"""Bytes of one weight; all others have 4 bits."""

BOUND_BELOW = 40.0
"""GiB of weights up to which a model may be bound to one jurisdiction; not every one has the cards
for larger ones."""

SPOT_TOLERANT = 0.7
MOST_REPLICAS = 400
SPOT_TOO = ["on-demand", "reserved", "spot"]
TOLERATION = {"key": "dedicated", "operator": "Equal", "value": "batch"}
SMALL_CARDS = ["T4", "A10", "A10G"]


def draw_workloads(
    random: Random, count: int, clusters: Sequence[Json], cards: Collection[str]
) -> list[Json]:
    """Return workloads: 70 % may use spot, some are bound to a jurisdiction.

    Parameters
    ----------
    cards
        GPU models of the fleet.
    """
    small = [card for card in SMALL_CARDS if card in cards]
    names, weights = zip(*MODELS, strict=True)
    return [
        _workload(random, number, str(random.choices(names, weights)[0]), clusters, small)
        for number in range(count)
    ]


def _workload(
    random: Random, number: int, name: str, clusters: Sequence[Json], small: list[str]
) -> Json:
    model = known_model(name)
    assert model is not None
    size = (model.parameters or 0) * BYTES.get(model.dtype, 0.5) / 2**30
    scale = min(1.0, BOUND_BELOW / size)  # the larger a model, the fewer replicas serve it
    short = name.rpartition("/")[-1].lower().replace(".", "-")
    workload: Json = {
        "name": f"w{number:03}-{short}"[:60].strip("-"),
        "namespace": random.choice(("prod", "staging", "research")),
        "replicas": min(MOST_REPLICAS, max(1, round(random.lognormvariate(2.0, 1.0) * scale))),
        "priority": random.choices((0, 10, -10), (8, 1, 1))[0],
        "model": name,
        "serving": _serving(random, model),
        "requests": {
            "cpu": f"{round((2 + size / 20) * random.uniform(0.6, 1.2) * 1000)}m",
            "memory": f"{round((4 + size) * random.uniform(0.6, 1.2) * 1024)}Mi",
        },
        "tolerations": [TOLERATION] if random.random() < 0.33 else [],
    }
    if random.random() < SPOT_TOLERANT:
        workload["capacity_types"] = SPOT_TOO
    workload["cluster_affinity"] = _affinity(random, clusters, bound=size < BOUND_BELOW)
    if random.random() < 0.15 and "label_selector" not in workload["cluster_affinity"]:
        workload["gpu_models"] = {"deny": small}
    return workload


def _serving(random: Random, model: Model) -> Json:
    longest = model.max_position_embeddings or 4096
    return {
        "max_model_len": min(longest, random.choice((4096, 8192, 16384, 32768))),
        "max_num_seqs": random.choice((1, 2, 4, 8)),
    }


def _affinity(random: Random, clusters: Sequence[Json], *, bound: bool) -> Json:
    """Return which clusters a workload may use: one jurisdiction, all but one cluster, or all."""
    draw = random.random()
    if bound and draw < 0.35:
        found = sorted({cluster["labels"]["jurisdiction"] for cluster in clusters})
        wanted = random.choice(found)
        return {"label_selector": {"match_labels": {"jurisdiction": wanted}}}
    if draw < 0.45:
        return {"exclude": [random.choice(clusters)["name"]]}
    return {}
