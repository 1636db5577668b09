"""What is known of where a workload is and is not: plain values, for people and programs."""

from dataclasses import asdict, dataclass

from placement.memory import MemoryFit
from placement.problem.load import Load

__all__ = ["Alternative", "Chosen", "Explanation", "Limit", "Place", "Refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kind of node, as an assignment row names it.

    Parameters
    ----------
    running
        Whether these nodes run now; else they would be bought.
    paid_anyway
        Whether they run and may not be released, so that using them costs nothing more.
    price
        Per node and hour.
    extra
        What each replica costs per hour here beside its node.
    per_node
        Replicas of the workload that the room of one node holds; 0 where it holds none, or where
        the number is not known.
    """

    cluster: str
    node_pool: str | None
    instance_type: str | None
    capacity_type: str
    zone: str | None
    running: bool
    paid_anyway: bool
    price: float
    per_node: int
    extra: float = 0.0

    @property
    def per_replica(self) -> float | None:
        """Return what a replica adds per hour on a full node; None where that is not known."""
        if not self.per_node:
            return None
        return self.extra + (0.0 if self.paid_anyway else self.price / self.per_node)

    def __str__(self) -> str:
        """Return the place for people, such as ``new big (spot) in c-1/gpu, zone z-a``."""
        pool = f"/{self.node_pool}" if self.node_pool else ""
        zone = f", zone {self.zone}" if self.zone else ""
        state = "running" if self.running else "new"
        what = self.instance_type or "node of unknown type"
        return f"{state} {what} ({self.capacity_type}) in {self.cluster}{pool}{zone}"

    def to_dict(self) -> dict[str, object]:
        """Return the fields and ``per_replica``."""
        return {**asdict(self), "per_replica": self.per_replica}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Replicas of the workload in one place.

    Parameters
    ----------
    nodes
        Names of the nodes that carry them.
    shares_with
        Other workloads on these nodes.
    memory
        The memory of one of its GPUs; None where there is no model or no GPU to judge.
    """

    place: Place
    replicas: int
    gpus_per_replica: int
    nodes: tuple[str, ...]
    shares_with: tuple[str, ...]
    memory: MemoryFit | None

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``; memory as ``placement fit`` has it."""
        return {
            "place": self.place.to_dict(),
            "replicas": self.replicas,
            "gpus_per_replica": self.gpus_per_replica,
            "nodes": list(self.nodes),
            "shares_with": list(self.shares_with),
            "memory": self.memory.to_dict() if self.memory else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A place that the workload may not use.

    Parameters
    ----------
    rule, reason
        The first rule against it, by name and in words with figures.
    rules_against
        How many rules are against it.
    """

    place: Place
    rule: str
    reason: str
    rules_against: int = 1

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {
            "place": self.place.to_dict(),
            "rule": self.rule,
            "reason": self.reason,
            "rules_against": self.rules_against,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A place that the workload may use, and does not (or no further).

    Parameters
    ----------
    rule
        ``stock``, ``quota``, ``pool_maximum`` or ``cluster_limit`` where such a limit is used up,
        ``capacity`` where running nodes are full, ``cost`` where it is dearer, ``whole`` where
        only the plan as a whole decides.
    reason
        In words with figures.
    """

    place: Place
    rule: str
    reason: str

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {"place": self.place.to_dict(), "rule": self.rule, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit on what the workload may use, how much the plan uses, whether it binds.

    Parameters
    ----------
    used, bound
        In base units: nodes, vCPUs, thousandths of a core, bytes; of a budget, money per hour.
    amounts
        Both as a document writes them.
    """

    family: str
    label: str
    used: float
    bound: float
    amounts: tuple[str, str]
    binds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Where a workload is, where it is not, and why.

    Parameters
    ----------
    replicas, placed
        Asked for (of a load, the most that may be of use), and placed.
    nodes_per_replica
        Where it is above 1, ``chosen`` counts the nodes of replicas.
    load, not_carried
        The load in place of replicas, and how much of it is not carried.
    left_out
        Reasons for the replicas without a place, as the plan states them.
    changes
        What would change it, a sentence each: prices at which another place would be as cheap,
        limits that stand before a cheaper one, single rules against one. Prices are those of full
        nodes, so each is a lead to try, not a promise.
    """

    workload: str
    currency: str
    replicas: int
    placed: int
    nodes_per_replica: int
    load: Load | None
    not_carried: float
    chosen: tuple[Chosen, ...]
    refusals: tuple[Refusal, ...]
    alternatives: tuple[Alternative, ...]
    limits: tuple[Limit, ...]
    left_out: tuple[str, ...]
    changes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        return {
            "workload": self.workload,
            "currency": self.currency,
            "replicas": self.replicas,
            "placed": self.placed,
            "nodes_per_replica": self.nodes_per_replica,
            "load": self.load and self.load.model_dump(),
            "not_carried": self.not_carried,
            "chosen": [row.to_dict() for row in self.chosen],
            "refusals": [row.to_dict() for row in self.refusals],
            "alternatives": [row.to_dict() for row in self.alternatives],
            "limits": [asdict(limit) for limit in self.limits],
            "left_out": list(self.left_out),
            "changes": list(self.changes),
        }
