"""Where replicas run now."""

from typing import Annotated

from pydantic import Field

from placement.problem.base import MOST, Name, Part

__all__ = ["Current"]


class Current(Part):
    """Replicas of a workload that run in one place.

    Parameters
    ----------
    node_pool
        Absent: on nodes of no pool.
    node
        The one node they run on, where that matters: another node of the pool is then a move.
    replicas
        Their room is part of what is ``free`` on the nodes.
    """

    cluster: Name
    node_pool: Name | None = None
    node: Name | None = None
    replicas: Annotated[int, Field(strict=True, ge=1, le=MOST)]
