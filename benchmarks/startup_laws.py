"""Laws with constants that were fitted to start-ups, as linear models of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from startup_fits import Sized
from startup_models import model_of

from placement.memory import Engine, engine_of
from placement.memory.activation import activation_bytes
from placement.memory.defaults import Options
from placement.memory.stages import stages_of
from placement.memory.units import GIB
from placement.problem import Model

__all__ = ["LAWS", "Constants", "Law", "Row"]

Constants = npt.NDArray[np.float64]

Row = tuple[list[float], float]
"""Regressors and what they should add up to, in GiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law that is linear in constants which were fitted to start-ups.

    Parameters
    ----------
    names
        Of its constants; units stand in them.
    shipped
        Their values in the library.
    row
        Regressors and target of a start-up, or None where the law does not apply.
    versions
        First and last version, major and minor, that share these constants.
    engine
        Constants of an engine with the refitted ones in place, or None where it has none of them.
    """

    name: str
    names: tuple[str, ...]
    shipped: tuple[float, ...]
    row: Callable[[Sized], Row | None]
    versions: tuple[tuple[int, int], tuple[int, int]]
    engine: Callable[[Engine, Constants], Engine] | None = None


def _sampler_row(sized: Sized) -> Row | None:
    """Return the start-up's requests times vocabulary, where the sampler makes the peak."""
    model, seen, found = model_of(sized.start), sized.start.bytes_of("activation_gib"), sized.found
    if not model or not found or seen is None or model.vision_parameters:
        return None  # profiling of pictures is not modelled
    engine = engine_of(sized.start.engine_version)
    entries = min(found.max_num_seqs, found.max_num_batched_tokens) * (model.vocab_size or 0)
    whole, less = (
        _activation(sized, model, replace(engine, logits_bits=engine.logits_bits - bits))
        for bits in (0, 8)
    )
    if whole - less != entries:
        return None  # a layer makes the peak, whatever the sampler takes
    rest = whole - engine.activation_base - engine.logits_bits * entries // 8
    return [entries / GIB, 1.0], (seen - rest) / GIB


def _activation(sized: Sized, model: Model, engine: Engine) -> int:
    found = sized.found
    assert found is not None
    options = Options(
        context=found.max_model_len,
        requests=found.max_num_seqs,
        tokens=found.max_num_batched_tokens,
        held=1,
        utilization=found.gpu_memory_utilization,
    )
    last = stages_of(model.layers or 1, found.pipeline_parallel)[-1]
    return activation_bytes(model, options, engine, found.tensor_parallel, last)


def _non_torch_row(sized: Sized) -> Row | None:
    """Return whether one GPU or several, for stages are another constant."""
    seen, found = sized.start.bytes_of("non_torch_gib"), sized.found
    if seen is None or found is None or found.pipeline_parallel > 1:
        return None
    degree = found.tensor_parallel
    doublings = (degree - 1).bit_length() - 1 if degree > 1 else 0
    return [float(degree == 1), float(degree > 1), float(doublings)], seen / GIB


def _graph_row(sized: Sized) -> Row | None:
    """Return layers of a stage, one, and whether there are experts; large GPUs only."""
    model, found = model_of(sized.start), sized.found
    seen = sized.start.measured.get("cuda_graph_gib")
    if not model or not found or not seen or "H100" not in (sized.start.card or ""):
        return None
    layers = (model.layers or 0) / found.pipeline_parallel
    return [layers, 1.0, float(bool(model.experts))], float(seen)


def _with_sampler(engine: Engine, found: Constants) -> Engine:
    bits, base = round(8 * found[0]), round(found[1] * GIB)
    return replace(engine, logits_bits=bits, activation_base=base)


def _with_non_torch(engine: Engine, found: Constants) -> Engine:
    single, parallel, doubling = (round(value * GIB) for value in found)
    return replace(
        engine,
        non_torch_single=single,
        non_torch_parallel=parallel,
        non_torch_doubling=doubling,
    )


SAMPLER = ("bytes a request and entry", "base GiB")

LAWS = (
    Law(
        name="activation, vLLM 0.17 to 0.19",
        names=SAMPLER,
        shipped=(14.5, 0.055),
        row=_sampler_row,
        versions=((0, 17), (0, 19)),
        engine=_with_sampler,
    ),
    Law(
        name="activation, vLLM 0.6 to 0.16",
        names=SAMPLER,
        shipped=(38.0, 0.055),
        row=_sampler_row,
        versions=((0, 6), (0, 16)),
        engine=_with_sampler,
    ),
    Law(
        name="non-torch, vLLM 0.18 and 0.19",
        names=("one GPU GiB", "two GPUs GiB", "each doubling GiB"),
        shipped=(0.25, 2.08, 0.13),
        row=_non_torch_row,
        versions=((0, 18), (0, 19)),
        engine=_with_non_torch,
    ),
    Law(
        name="CUDA graphs on H100, vLLM 0.18 and 0.19",
        names=("a layer GiB", "large GPU GiB", "experts GiB"),
        shipped=(0.0165, 0.34, 0.42),
        row=_graph_row,
        versions=((0, 18), (0, 19)),
    ),
)
"""The laws with fitted constants."""
