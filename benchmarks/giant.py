"""A fleet of which one region has most; its jurisdiction is the one that most workloads keep to."""

from dataclasses import replace
from random import Random

from fleet_draft import Draft, Json
from fleet_draw import draw_clusters
from market import Market

__all__ = ["SHARE", "giant_clusters", "to_giant"]

SHARE = 0.8
"""Of clusters, of the GPUs in stock, and of workloads bound elsewhere that are set free."""


def giant_clusters(random: Random, market: Market, count: int) -> list[Json]:
    """Return clusters: :data:`SHARE` of them in the first region, the others in turn."""
    here = replace(market, regions=market.regions[:1])
    elsewhere = replace(market, regions=market.regions[1:])
    if not elsewhere.regions:
        return draw_clusters(random, here, count)
    own = round(SHARE * count)
    return draw_clusters(random, here, own) + draw_clusters(random, elsewhere, count - own)


def to_giant(draft: Draft) -> None:
    """Give the first region :data:`SHARE` of all GPUs in stock, and quotas to buy them."""
    _, giant, area = draft.market.regions[0]
    gpus = {True: 0, False: 0}
    for row, count in draft.stocked():
        gpus[row["region"] == giant] += count * row["stock"]
    total = sum(gpus.values())
    for row, _ in draft.stocked():
        own = row["region"] == giant
        part = SHARE if own else 1 - SHARE
        row["stock"] = round(row["stock"] * part * total / max(1, gpus[own]))
    for quota in draft.quotas:
        if quota["region"] == giant:
            quota["limit"] = round(quota["limit"] * SHARE * len(draft.market.regions))
    for workload in draft.workloads:
        bound = workload["cluster_affinity"].get("label_selector")
        elsewhere = bound and bound["match_labels"]["jurisdiction"] != area
        if elsewhere and draft.random.random() < SHARE:
            del workload["cluster_affinity"]["label_selector"]
