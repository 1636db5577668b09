"""The problem of a session, part by part, so that a change costs no more than what it names."""

from dataclasses import dataclass, field, replace

from placement.problem import Offering, Problem, Workload
from placement.problem.losses import emptied

__all__ = ["Roster"]

OfferKey = tuple[str, str, str, str | None]
"""Region, type, capacity type and zone of an offering."""


@dataclass(slots=True, kw_only=True)
class Roster:
    """Workloads by number, offerings by place, clusters that are gone.

    Parameters
    ----------
    base
        The problem that all changes are of.
    workloads
        By number; numbers of those that are gone are not given again.
    order
        The numbers of those that are there, as the problem lists them.
    numbers
        The same by key.
    gone
        Names of the clusters that are gone.
    replicas
        Asked for by all together.
    """

    base: Problem
    workloads: list[Workload | None]
    order: list[int]
    numbers: dict[str, int]
    offerings: list[Offering]
    offers: dict[OfferKey, int]
    gone: set[str] = field(default_factory=set)
    replicas: int = 0
    changed: bool = False

    @classmethod
    def of(cls, problem: Problem) -> "Roster":
        """Return the roster of a problem as it is."""
        keys = [(o.region, o.instance_type, o.capacity_type, o.zone) for o in problem.offerings]
        return cls(
            base=problem,
            workloads=list(problem.workloads),
            order=list(range(len(problem.workloads))),
            numbers={each.key: at for at, each in enumerate(problem.workloads)},
            offerings=list(problem.offerings),
            offers={key: at for at, key in enumerate(keys)},
            replicas=sum(each.most_replicas for each in problem.workloads),
        )

    def copy(self) -> "Roster":
        """Return a roster that changes apart from this one."""
        return replace(
            self,
            workloads=list(self.workloads),
            order=list(self.order),
            numbers=dict(self.numbers),
            offerings=list(self.offerings),
            gone=set(self.gone),
        )

    def number_of(self, name: str) -> int | None:
        """Return the number of a workload by its key, or by its bare name where only one has it."""
        if name in self.numbers:
            return self.numbers[name]
        there = [at for at in self.order if self.at(at).name == name]
        return there[0] if len(there) == 1 else None

    def at(self, number: int) -> Workload:
        """Return the workload of a number that is there."""
        found = self.workloads[number]
        assert found is not None
        return found

    def exchange(self, number: int, workload: Workload) -> None:
        """Put another workload of the same key in the place of one."""
        self.replicas += workload.most_replicas - self.at(number).most_replicas
        self.workloads[number] = workload
        self.changed = True

    def remove(self, number: int) -> None:
        """Take a workload away."""
        old = self.at(number)
        self.replicas -= old.most_replicas
        self.workloads[number] = None
        self.order.remove(number)
        del self.numbers[old.key]
        self.changed = True

    def add(self, workload: Workload) -> int:
        """Add a workload, in place of the one of its key or after the others; return its number."""
        number, old = len(self.workloads), self.numbers.get(workload.key)
        place = len(self.order) if old is None else self.order.index(old)
        if old is not None:
            self.remove(old)
        self.workloads.append(workload)
        self.order.insert(place, number)
        self.numbers[workload.key] = number
        self.replicas += workload.most_replicas
        self.changed = True
        return number

    def offer(self, at: int, row: Offering) -> None:
        """Put another row in the place of an offering."""
        self.offerings[at] = row
        self.changed = True

    def lose(self, cluster: str) -> None:
        """Empty a cluster."""
        self.gone.add(cluster)
        self.changed = True

    def problem(self) -> Problem:
        """Return the problem as it is now; what it is made of was validated before."""
        if not self.changed:
            return self.base
        fields = {name: getattr(self.base, name) for name in type(self.base).model_fields}
        fields["workloads"] = tuple(self.at(number) for number in self.order)
        fields["offerings"] = tuple(self.offerings)
        if self.gone:
            lost = [c for c in self.base.clusters if c.name in self.gone]
            fields["clusters"] = tuple(
                emptied(c) if c.name in self.gone else c for c in self.base.clusters
            )
            assert not any(node.instance_type for c in lost for node in c.nodes)
        return Problem.model_construct(set(fields), **fields)
