"""Changes of a problem as values, under the names by which a problem offers them."""

from placement.problem.demands import with_load, with_replicas, with_workload, without_workload
from placement.problem.figures import (
    scaled_price,
    with_max_moves,
    with_pool_maximum,
    with_price,
    with_quota,
    with_stock,
)
from placement.problem.losses import (
    losses,
    without_cluster,
    without_instance_type,
    without_provider,
    without_region,
    without_zone,
)

__all__ = ["WhatIf"]


class WhatIf:
    """Methods of ``Problem`` that return another validated problem and leave their own as it is.

    A change that changes nothing returns an equal problem: compare with ``==``.
    """

    without_region = without_region
    without_zone = without_zone
    without_cluster = without_cluster
    without_provider = without_provider
    without_instance_type = without_instance_type
    losses = losses
    with_stock = with_stock
    with_price = with_price
    scaled_price = scaled_price
    with_quota = with_quota
    with_pool_maximum = with_pool_maximum
    with_workload = with_workload
    without_workload = without_workload
    with_replicas = with_replicas
    with_load = with_load
    with_max_moves = with_max_moves
