"""The options of many workloads as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np

from placement.memory.catalog_cards import Bools, Floats, Ints
from placement.memory.catalog_engines import Constants
from placement.memory.defaults import LARGE, SMALL, UNCHUNKED
from placement.memory.engine import Engine, engine_of
from placement.memory.kv_cache import context_length
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["Columns", "columns_of"]

_READ = attrgetter(
    "max_num_seqs",
    "concurrency",
    "max_num_batched_tokens",
    "gpu_memory_utilization",
    "enforce_eager",
    "allow_at_risk",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What memory depends on of each workload beside its layout; all ``(workloads,)``.

    Whole numbers are held as float64, which is exact below 2**53.

    Parameters
    ----------
    layout
        Number of its layout.
    context
        Tokens of one request at most.
    requests, tokens
        Requests at once and tokens of a step as given, 0 where not.
    held
        Requests of full length that the cache has to hold at once.
    utilization
        Share of the GPU.
    lora
        Adapters times their rank.
    eager, allowed, cheapest
        Without CUDA graphs; ``at-risk`` allowed; the parallel choice is ``cheapest``.
    engine
        Constants of its engine.
    """

    layout: Ints
    context: Floats
    requests: Floats
    tokens: Floats
    held: Floats
    utilization: Floats
    lora: Floats
    eager: Bools
    allowed: Bools
    cheapest: Bools
    engine: Constants

    def take(self, rows: Ints, layout: Ints) -> "Columns":
        """Return some workloads, their layouts numbered anew."""
        plain = [each.name for each in fields(self) if each.name not in {"engine", "layout"}]
        return Columns(
            layout=layout,
            engine=Constants.of(self.engine.engines, self.engine.number[rows]),
            **{name: getattr(self, name)[rows] for name in plain},
        )

    def defaults(self, *, large: bool) -> tuple[Floats, Floats]:
        """Return requests at once and tokens of a step on a large or a small GPU.

        The law is :func:`~placement.memory.defaults.options_of`.
        """
        chunked = self.engine.chunked
        requests, tokens = (
            np.where(chunked & large, most, least).astype(np.float64)
            for most, least in zip(LARGE, SMALL, strict=True)
        )
        whole = ~chunked & (self.context <= UNCHUNKED)
        tokens = np.where(whole, np.maximum(tokens, self.context), tokens)
        tokens = np.where(self.tokens > 0, self.tokens, tokens)
        return np.minimum(np.where(self.requests > 0, self.requests, requests), tokens), tokens


def columns_of(workloads: Sequence[tuple[Model, Serving]], layout: Sequence[int]) -> Columns:
    """Return the options of workloads whose layouts have these numbers."""
    servings = [serving for _, serving in workloads]
    engines = [engine_of(serving.engine_version) for serving in servings]
    rows = [_READ(serving) for serving in servings]
    requests, held, tokens, share, eager, allowed = zip(*rows, strict=True) if rows else [()] * 6
    return Columns(
        layout=np.array(layout, np.int64),
        context=_floats(context_length(model, serving) for model, serving in workloads),
        requests=_floats(each or 0 for each in requests),
        tokens=_floats(each or 0 for each in tokens),
        held=_floats(one or most or 1 for one, most in zip(held, requests, strict=True)),
        utilization=_floats(
            one or engine.utilization for one, engine in zip(share, engines, strict=True)
        ),
        lora=_floats(each.max_loras * each.max_lora_rank for each in servings),
        eager=np.array(eager, np.bool_),
        allowed=np.array(allowed, np.bool_),
        cheapest=np.array([each.parallel_choice == "cheapest" for each in servings], np.bool_),
        engine=Constants.of(*_numbered(engines)),
    )


def _numbered(engines: Sequence[Engine]) -> tuple[tuple[Engine, ...], Ints]:
    """Return the distinct engines, and the number of each one."""
    index: dict[str, int] = {}
    numbers = [index.setdefault(engine.name, len(index)) for engine in engines]
    return tuple({engine.name: engine for engine in engines}.values()), np.array(numbers, np.int64)


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float64)
