"""Rules that place the pods of the openb trace one by one: first fit and best fit."""

from collections.abc import Sequence

from openb_trace import GPU, Placed, Shape, Trace

__all__ = ["Rooms", "best_fit", "decreasing", "first_fit"]


class Rooms:
    """What nodes have left while pods come."""

    def __init__(self, trace: Trace, placed: Sequence[Placed] = ()) -> None:
        self.trace = trace
        self.cpu = [node.cpu_milli for node in trace.nodes]
        self.memory = [node.memory for node in trace.nodes]
        self.gpus = [[GPU] * node.gpus for node in trace.nodes]
        for row in placed:
            self.take(row)

    def fit(self, shape: Shape, node: int) -> tuple[int, ...] | None:
        """Return the GPUs of a node that a pod would get, the fullest; None where none will do."""
        if self.cpu[node] < shape.cpu_milli or self.memory[node] < shape.memory:
            return None
        gpus = self.gpus[node]
        if not shape.share:
            free = [index for index, left in enumerate(gpus) if left == GPU]
            return tuple(free[: shape.gpus]) if len(free) >= shape.gpus else None
        fits = [(left, index) for index, left in enumerate(gpus) if left >= shape.share]
        return (min(fits)[1],) if fits else None

    def take(self, row: Placed) -> None:
        """Put a pod where it goes."""
        shape = self.trace.pods[row.pod]
        self.cpu[row.node] -= shape.cpu_milli
        self.memory[row.node] -= shape.memory
        for index in row.gpus:
            self.gpus[row.node][index] -= shape.share or GPU

    def left(self, node: int) -> float:
        """Return what is free of a node: the sum of its shares of CPU, memory and eight GPUs."""
        kind = self.trace.nodes[node]
        free = self.cpu[node] / kind.cpu_milli + self.memory[node] / kind.memory
        return free + sum(self.gpus[node]) / (8 * GPU)


def first_fit(
    trace: Trace, pods: Sequence[int], nodes: Sequence[int], placed: Sequence[Placed] = ()
) -> list[Placed]:
    """Return pods on the first node with room, in the orders given, beside those placed before."""
    rooms, rows = Rooms(trace, placed), list(placed)
    for pod in pods:
        for node in nodes:
            gpus = rooms.fit(trace.pods[pod], node)
            if gpus is not None:
                rows.append(Placed(pod, node, gpus))
                rooms.take(rows[-1])
                break
    return rows


def best_fit(trace: Trace, pods: Sequence[int]) -> list[Placed]:
    """Return pods, in the order given, each on the node with room that has least left."""
    rooms, rows = Rooms(trace), list[Placed]()
    left = [rooms.left(node) for node in range(len(trace.nodes))]
    for pod in pods:
        best: Placed | None = None
        for node in range(len(trace.nodes)):
            if best is None or left[node] < left[best.node]:
                gpus = rooms.fit(trace.pods[pod], node)
                best = best if gpus is None else Placed(pod, node, gpus)
        if best is not None:
            rows.append(best)
            rooms.take(best)
            left[best.node] = rooms.left(best.node)
    return rows


def decreasing(trace: Trace) -> list[int]:
    """Return the pods, those with most GPUs first, of equal ones those with most CPU."""
    shapes = trace.pods
    return sorted(
        range(len(shapes)), key=lambda pod: (-shapes[pod].gpu_milli, -shapes[pod].cpu_milli)
    )
