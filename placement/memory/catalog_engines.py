"""The constants of the engines of many workloads as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from placement.memory.catalog_cards import Bools, Floats, Ints
from placement.memory.engine import Engine
from placement.memory.overhead import non_torch_bytes

__all__ = ["Constants"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """Constants of each workload's engine; all ``(workloads,)``, memory in bytes per GPU.

    Parameters
    ----------
    engines, number
        The engines, and which of them is each workload's.
    logits_bits, activation_base, chunked, modelled, counted, by_request
        As in :class:`~placement.memory.engine.Engine`.
    """

    engines: tuple[Engine, ...]
    number: Ints
    logits_bits: Floats
    activation_base: Floats
    chunked: Bools
    modelled: Bools
    counted: Bools
    by_request: Bools

    @classmethod
    def of(cls, engines: Sequence[Engine], number: Ints) -> "Constants":
        """Return the constants of workloads whose engines have these numbers."""
        return cls(
            engines=tuple(engines),
            number=number,
            logits_bits=np.array([each.logits_bits for each in engines], np.float64)[number],
            activation_base=np.array([each.activation_base for each in engines], np.float64)[
                number
            ],
            chunked=np.array([each.chunked for each in engines], np.bool_)[number],
            modelled=np.array([each.modelled for each in engines], np.bool_)[number],
            counted=np.array([each.graphs_counted for each in engines], np.bool_)[number],
            by_request=np.array([each.tokens_by_request for each in engines], np.bool_)[number],
        )

    def non_torch(self, degree: Floats, stages: Floats) -> Floats:
        """Return what libraries take at degrees of tensor and pipeline, ``(workloads,)``.

        Each combination once, by :func:`~placement.memory.overhead.non_torch_bytes`.
        """
        keys = np.stack([self.number, degree.astype(np.int64), stages.astype(np.int64)])
        _, first, inverse = np.unique(
            keys[0] << 32 | keys[1] << 16 | keys[2], return_index=True, return_inverse=True
        )
        values = [
            non_torch_bytes(self.engines[engine], tensor, pipeline)
            for engine, tensor, pipeline in keys[:, first].T.tolist()
        ]
        return np.array(values, np.float64)[inverse]
