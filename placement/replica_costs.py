"""What one replica costs per hour in a place, beside its node."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from placement.eligibility import affinity_refusal
from placement.eligibility_keys import affinity_key
from placement.paths import Paths
from placement.problem import Problem, Workload
from placement.problem.base import Money
from placement.supply import Supply

__all__ = ["PARTS", "ReplicaCosts"]

PARTS = ("risk", "preferences", "latency", "egress")
"""Parts of the objective that replicas cost, in the order of the plan."""

Parts = dict[str, Fraction]
Asker = tuple[int, Hashable, Hashable]


@dataclass(frozen=True, slots=True)
class ReplicaCosts:
    r"""The costs of replicas of a problem, each combination once.

    .. math:: e_{ws} = \rho_s I [\text{spot}] + \sum_{f \in F_w, s \notin f} c_f
        + k_w \bar{l}_{wr} + g_w \bar{p}_{wr}

    with interruptions :math:`\rho_s` per hour at :math:`I` a replica, preferences :math:`f` of
    :math:`c_f`, :math:`k_w` per ms of the mean latency :math:`\bar{l}_{wr}` from the users to the
    region, and :math:`g_w` GiB per hour at the mean price :math:`\bar{p}_{wr}` back to them.
    """

    problem: Problem
    paths: Paths
    _known: dict[tuple[Hashable, ...], Parts] = field(
        default_factory=dict, compare=False, repr=False
    )

    _ways: dict[tuple[Hashable, ...], Parts] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def used(self) -> bool:
        """Return whether any replica may cost something."""
        return bool(self.problem.objective.spot_interruption_cost) or any(
            w.preferences or w.users.needs_egress or w.users.cost_per_ms
            for w in self.problem.workloads
        )

    def workload_key(self, workload: Workload) -> Asker:
        """Return what the costs depend on of a workload: its nodes, its users, its preferences."""
        users, preferences = workload.users, workload.preferences
        distance = (users.cost_per_ms, users.gib_per_replica_hour)
        return (
            workload.nodes_per_replica,
            (*distance, tuple(users.regions.items())) if any(distance) else None,
            tuple((each.cost, affinity_key(each.cluster_affinity)) for each in preferences),
        )

    def place_key(self, supply: Supply) -> tuple[str, str | None, float]:
        """Return what they depend on of a supply."""
        risk = supply.interruption_rate if supply.capacity_type == "spot" else 0.0
        return (supply.cluster.name, supply.zone, risk)

    def of(self, workload: Workload, supply: Supply) -> Parts:
        """Return what a replica costs per hour, exactly, by part; parts that cost nothing lack.

        Of a replica over several nodes it is what each of them costs: the risk of its node, and its
        share of the rest.
        """
        asker, place = self.workload_key(workload), self.place_key(supply)
        key = (asker, place)
        if key not in self._known:
            parts = {
                "risk": _exact(place[-1]) * _exact(self.problem.objective.spot_interruption_cost),
                "preferences": _preferences(workload, supply) / workload.nodes_per_replica,
                **self._near(workload, asker, supply.cluster.region),
            }
            self._known[key] = {name: cost for name, cost in parts.items() if cost}
        return self._known[key]

    def _near(self, workload: Workload, asker: Asker, region: str) -> Parts:
        """Return what the way to the users costs, the same everywhere in a region."""
        key = (*asker[:2], region)
        if key not in self._ways:
            users, nodes = workload.users, workload.nodes_per_replica
            latency, egress = Fraction(0), Fraction(0)
            if users.cost_per_ms:
                mean = self.paths.latency_ms(workload, region)
                latency = _exact(users.cost_per_ms) * (mean or 0)
            if users.needs_egress:
                mean = self.paths.egress_price(workload, region)
                egress = _exact(users.gib_per_replica_hour) * (mean or 0)
            self._ways[key] = {"latency": latency / nodes, "egress": egress / nodes}
        return self._ways[key]


def _preferences(workload: Workload, supply: Supply) -> Fraction:
    return sum(
        (
            _exact(each.cost)
            for each in workload.preferences
            if affinity_refusal(each.cluster_affinity, supply)
        ),
        Fraction(0),
    )


@lru_cache(maxsize=4096)
def _exact(amount: float) -> Fraction:
    return Fraction(Money.exact(amount))
