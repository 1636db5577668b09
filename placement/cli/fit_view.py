"""GPU memory as people read it."""

from collections.abc import Iterator, Sequence

from placement.cli.tables import Block, Table, listed
from placement.memory import MemoryFit
from placement.memory.units import GIB

__all__ = ["fit_blocks"]

_COLUMNS = (
    *("gpu", ">TP", ">PP", "fits", ">total", ">weights", ">activation", ">non-torch"),
    *(">graphs", ">KV", ">KV tokens", ">concurrency"),
)


def fit_blocks(found: Sequence[MemoryFit]) -> Iterator[Block]:
    """Yield a table for every model, then why what does not fit does not, and what was assumed."""
    for model in dict.fromkeys(fit.model for fit in found):
        rows = [fit for fit in found if fit.model == model]
        lengths = ", ".join(f"{n:,}" for n in dict.fromkeys(fit.max_model_len for fit in rows))
        yield Table(
            title=f"{model}: GiB per GPU, requests of {lengths} tokens",
            columns=_COLUMNS,
            rows=[_cells(fit) for fit in rows],
        )
        yield from listed("Why not:", [f"{f.gpu}: {r}" for f in rows for r in f.reasons])
        yield from listed("Assumed:", [text for fit in rows for text in fit.assumed])


def _cells(fit: MemoryFit) -> tuple[object, ...]:
    parts = (fit.total, fit.weights, fit.activation, fit.non_torch, fit.cuda_graph, fit.kv)
    return (
        *(fit.gpu, fit.tensor_parallel, fit.pipeline_parallel, fit.fits),
        *(f"{part / GIB:.2f}" for part in parts),
        *(f"{fit.kv_tokens:,}", f"{fit.max_concurrency:.2f}"),
    )
