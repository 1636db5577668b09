"""From pods and nodes of the openb trace to shapes and kinds, and from patterns back."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from openb_fillings import onto_gpus
from openb_trace import GPU, Kind, Placed, Shape, Trace
from openb_work import Pattern, Work

__all__ = ["patterns_of", "spread_out", "work_of"]


def work_of(trace: Trace, worth: Callable[[Shape], float], price: Callable[[Kind], float]) -> Work:
    """Return a trace by its shapes and kinds of node, with what they are worth and cost."""
    pods, nodes = Counter(trace.pods), Counter(trace.nodes)
    shapes, kinds = tuple(sorted(pods)), tuple(sorted(nodes))
    return Work(
        shapes=shapes,
        kinds=kinds,
        demand=np.array([pods[shape] for shape in shapes], dtype=np.int64),
        worth=np.array([worth(shape) for shape in shapes]),
        nodes=np.array([nodes[kind] for kind in kinds], dtype=np.int64),
        price=np.array([price(kind) for kind in kinds]),
    )


def patterns_of(trace: Trace, work: Work, placed: Sequence[Placed]) -> Iterator[Pattern]:
    """Yield the pattern of every node of a placement that is used."""
    shape = {shape: number for number, shape in enumerate(work.shapes)}
    kind = {kind: number for number, kind in enumerate(work.kinds)}
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * len(shape))
    for row in placed:
        counts[row.node][shape[trace.pods[row.pod]]] += 1
    for node, count in counts.items():
        yield kind[trace.nodes[node]], tuple(count)


def spread_out(trace: Trace, work: Work, nodes: Counter[Pattern]) -> list[Placed]:
    """Return the pods of a trace on its nodes as patterns say; a place may stay empty."""
    waiting: dict[Shape, list[int]] = defaultdict(list)
    for pod in reversed(range(len(trace.pods))):
        waiting[trace.pods[pod]].append(pod)
    free: dict[Kind, list[int]] = defaultdict(list)
    for node in reversed(range(len(trace.nodes))):
        free[trace.nodes[node]].append(node)
    rows: list[Placed] = []
    for (kind, count), number in nodes.items():
        for _ in range(number):
            here = [
                waiting[shape].pop()
                for shape, places in zip(work.shapes, count, strict=True)
                for _ in range(min(places, len(waiting[shape])))
            ]
            rows += _on_node(trace, free[work.kinds[kind]].pop(), here)
    return rows


def _on_node(trace: Trace, node: int, pods: Sequence[int]) -> Iterator[Placed]:
    """Yield pods with the GPUs of a node that they get: whole ones first, then those shared."""
    first = 0
    sharing: dict[int, list[int]] = defaultdict(list)
    for pod in pods:
        shape = trace.pods[pod]
        if shape.share:
            sharing[shape.share].append(pod)
        else:
            yield Placed(pod, node, tuple(range(first, first + shape.whole)))
            first += shape.whole
    counts = {share: len(members) for share, members in sharing.items()}
    on_gpus = onto_gpus(counts, trace.nodes[node].gpus - first, GPU)
    assert on_gpus is not None, "a pattern that does not fit"
    for gpu, on_one in enumerate(on_gpus, start=first):
        for share, number in on_one.items():
            for _ in range(number):
                yield Placed(sharing[share].pop(), node, (gpu,))
