"""Whether a placement of the openb trace holds, from the words of the rules alone.

Shares no code with what makes placements.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from openb_trace import Placed, Trace

__all__ = ["faults"]


def faults(trace: Trace, placed: Sequence[Placed]) -> Iterator[str]:
    """Yield what is wrong: pods placed twice, GPUs that are not there, and too full ones."""
    cpu, memory, gpu = Counter[int](), Counter[int](), Counter[tuple[int, int]]()
    for pod, times in Counter(row.pod for row in placed).items():
        if times > 1:
            yield f"pod {pod} is placed {times} times"
    for pod, node, gpus in placed:
        asked = trace.pods[pod]
        cpu[node] += asked.cpu_milli
        memory[node] += asked.memory
        if len(set(gpus)) != asked.gpus or len(gpus) != asked.gpus:
            yield f"pod {pod} asks for {asked.gpus} GPUs and is on {gpus}"
        for index in gpus:
            if not 0 <= index < trace.nodes[node].gpus:
                yield f"node {node} has no GPU {index}"
            gpu[node, index] += asked.milli if asked.gpus == 1 else 1000
    for node in cpu:
        if cpu[node] > trace.nodes[node].cpu_milli:
            yield f"node {node}: {cpu[node]} thousandths of a CPU"
        if memory[node] > trace.nodes[node].memory:
            yield f"node {node}: {memory[node]} MiB"
    for (node, index), milli in gpu.items():
        if milli > 1000:
            yield f"node {node}, GPU {index}: {milli} thousandths"
