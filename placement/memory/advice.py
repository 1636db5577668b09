"""What would make a model fit: single changes of the engine's flags, the cheapest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from placement.memory.choice import smallest_fit
from placement.memory.degrees import degrees_up_to
from placement.memory.fit import fit
from placement.memory.result import MemoryFit
from placement.problem.catalog import Gpu
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Advice", "advice"]

HIGHEST = 98
"""Per cent of a GPU that is advised at most: less than 2 % has not been seen to start."""

WHOLE = 1024  # tokens that an advised context is a multiple of, where it is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One change that alone makes the verdict ``yes``.

    Parameters
    ----------
    flag
        As the engine's command line has it, such as ``--max-num-seqs 64``.
    text
        What it costs, for people.
    fit
        The fit with it.
    """

    flag: str
    text: str
    fit: MemoryFit


def advice(
    model: Model, serving: Serving, gpu: Gpu, gpus: int, *, nodes: int = 1
) -> tuple[Advice, ...]:
    """Return every single change that makes a replica fit, the cheapest first.

    In this order: fewer requests at once, a shorter context, a KV cache in 8 bits, another share of
    the GPU, no CUDA graphs, more GPUs. Each is the least change of its kind. Empty where the
    verdict is ``yes`` already, and where no single change helps.

    Parameters
    ----------
    gpus, nodes
        GPUs of a node, and nodes that a replica may span.
    """
    found = smallest_fit(model, serving, gpu, gpus, nodes=nodes)
    if found.fits == "yes" or found.gpus > gpus * nodes:
        return ()
    asked = serving.model_copy(
        update={
            "tensor_parallel": found.tensor_parallel,
            "pipeline_parallel": found.pipeline_parallel,
        }
    )

    def sized(**changes: object) -> MemoryFit:
        changed = asked.model_copy(update=changes)
        return fit(model, changed, gpu, changed.tensor_parallel or 1)

    return (
        *_fewer_requests(serving.max_num_seqs or found.max_num_seqs, sized),
        *_shorter_context(model, found, sized),
        *_narrow_cache(serving, sized),
        *_other_share(found, sized),
        *_eager(serving, sized),
        *_more_gpus(model, found, gpus * nodes, sized),
    )


def _fewer_requests(now: int, sized: Callable[..., MemoryFit]) -> Iterator[Advice]:
    most = _largest(now - 1, lambda n: sized(max_num_seqs=n).fits == "yes")
    if most:
        yield Advice(
            flag=f"--max-num-seqs {most}",
            text=f"at most {most} requests run at once, instead of {now}",
            fit=sized(max_num_seqs=most),
        )


def _shorter_context(
    model: Model, found: MemoryFit, sized: Callable[..., MemoryFit]
) -> Iterator[Advice]:
    most = min(found.max_model_len - 1, model.max_position_embeddings or found.max_model_len)
    longest = _largest(most, lambda n: sized(max_model_len=n).fits == "yes")
    if longest > WHOLE:
        longest -= longest % WHOLE
    if longest:
        yield Advice(
            flag=f"--max-model-len {longest}",
            text=f"requests of up to {longest} tokens, instead of {found.max_model_len}",
            fit=sized(max_model_len=longest),
        )


def _narrow_cache(serving: Serving, sized: Callable[..., MemoryFit]) -> Iterator[Advice]:
    changed = sized(kv_cache_dtype="fp8")
    if serving.kv_cache_dtype != "fp8" and changed.fits == "yes":
        text = "keys and values in 8 bits: half the cache, at some loss of accuracy"
        yield Advice(flag="--kv-cache-dtype fp8", text=text, fit=changed)


def _other_share(found: MemoryFit, sized: Callable[..., MemoryFit]) -> Iterator[Advice]:
    """Yield the nearest share that fits: a higher one for the cache, a lower one for the rest."""
    now = round(found.gpu_memory_utilization * 100)
    for share in sorted(range(1, HIGHEST + 1), key=lambda share: (abs(share - now), -share)):
        changed = sized(gpu_memory_utilization=share / 100)
        if share != now and changed.fits == "yes":
            more = share > now
            text = "more of the GPU for the engine" if more else "more room outside its share"
            yield Advice(flag=f"--gpu-memory-utilization {share / 100:g}", text=text, fit=changed)
            return


def _eager(serving: Serving, sized: Callable[..., MemoryFit]) -> Iterator[Advice]:
    changed = sized(enforce_eager=True)
    if not serving.enforce_eager and changed.fits == "yes":
        text = "no CUDA graphs: small steps take longer"
        yield Advice(flag="--enforce-eager", text=text, fit=changed)


def _more_gpus(
    model: Model, found: MemoryFit, gpus: int, sized: Callable[..., MemoryFit]
) -> Iterator[Advice]:
    for degree in degrees_up_to(model, gpus // found.pipeline_parallel):
        changed = sized(tensor_parallel=degree)
        if degree > found.tensor_parallel and changed.fits == "yes":
            text = f"{changed.gpus} GPUs for each replica, instead of {found.gpus}"
            yield Advice(flag=f"--tensor-parallel-size {degree}", text=text, fit=changed)
            return


def _largest(most: int, good: Callable[[int], bool]) -> int:
    """Return the largest whole number up to ``most`` that is good, or 0; smaller ones are, too."""
    if most < 1 or not good(1):
        return 0
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if good(middle) else (low, middle - 1)
    return low
