"""A fleet while it is drawn: what its kind may still change."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from market import Market
from numpy.typing import NDArray

from placement.memory import known_model
from placement.memory.catalog_fit import fit_catalog
from placement.problem import Serving

__all__ = ["GPU", "Draft", "Json"]

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a problem's document, to be changed in place.

    Parameters
    ----------
    random
        The one source of chance.
    tightness
        That was asked for, without that of the kind.
    """

    random: Random
    tightness: float
    market: Market
    clusters: list[Json]
    offerings: list[Json]
    quotas: list[Json]
    workloads: list[Json]

    def gpus(self) -> NDArray[np.int64]:
        """Return ``(workloads, types)`` GPUs per replica, types as in the market; 0: no fit."""
        asked = []
        for workload in self.workloads:
            model = known_model(workload["model"])
            assert model is not None
            asked.append((model, Serving.model_validate(workload["serving"])))
        cards = [kind.gpu for kind in self.market.types.values() if kind.gpu]
        kinds, cards_once = list(dict.fromkeys(asked)), list(dict.fromkeys(cards))
        table = fit_catalog(kinds, cards_once).gpus
        rows = {pair: row for row, pair in enumerate(kinds)}
        columns = {card: column for column, card in enumerate(cards_once)}
        return np.asarray(
            table[np.ix_([rows[pair] for pair in asked], [columns[card] for card in cards])],
            dtype=np.int64,
        )

    def stocked(self) -> Iterator[tuple[Json, int]]:
        """Yield the offerings that have a stock of their own, with the GPUs of one node."""
        for row in self.offerings:
            if "stock" in row:
                yield row, self.market.gpus(row["instance_type"])
