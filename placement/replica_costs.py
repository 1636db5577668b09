"""What one replica costs per hour in a place, beside its node."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction

from placement.eligibility import affinity_refusal
from placement.paths import Paths
from placement.problem import Problem, Workload
from placement.problem.base import Money
from placement.supply import Supply

__all__ = ["PARTS", "ReplicaCosts"]

PARTS = ("risk", "preferences", "latency", "egress")
"""Parts of the objective that replicas cost, in the order of the plan."""

Parts = dict[str, Fraction]


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

    @property
    def used(self) -> bool:
        """Return whether any replica may cost something."""
        return bool(self.problem.objective.spot_interruption_cost) or any(
            w.preferences or w.users.needs_egress or w.users.cost_per_ms
            for w in self.problem.workloads
        )

    def of(self, workload: Workload, supply: Supply) -> Parts:
        """Return what a replica costs per hour, exactly, by part; parts that cost nothing lack.

        Of a replica over several nodes it is what each of them costs: the risk of its node, and its
        share of the rest.
        """
        risk = supply.interruption_rate if supply.capacity_type == "spot" else 0.0
        key = (workload.key, supply.cluster.name, supply.zone, risk)
        if key not in self._known:
            nodes = workload.nodes_per_replica
            parts = {
                "risk": _exact(risk) * _exact(self.problem.objective.spot_interruption_cost),
                "preferences": _preferences(workload, supply) / nodes,
                "latency": self._latency(workload, supply.cluster.region) / nodes,
                "egress": self._egress(workload, supply.cluster.region) / nodes,
            }
            self._known[key] = {name: cost for name, cost in parts.items() if cost}
        return self._known[key]

    def _latency(self, workload: Workload, region: str) -> Fraction:
        if not workload.users.cost_per_ms:
            return Fraction(0)
        mean = self.paths.latency_ms(workload, region)
        return _exact(workload.users.cost_per_ms) * (mean or 0)

    def _egress(self, workload: Workload, region: str) -> Fraction:
        if not workload.users.needs_egress:
            return Fraction(0)
        mean = self.paths.egress_price(workload, region)
        return _exact(workload.users.gib_per_replica_hour) * (mean or 0)


def _preferences(workload: Workload, supply: Supply) -> Fraction:
    return sum(
        (
            _exact(each.cost)
            for each in workload.preferences
            if affinity_refusal(each.cluster_affinity, supply)
        ),
        Fraction(0),
    )


def _exact(amount: float) -> Fraction:
    return Fraction(Money.exact(amount))
