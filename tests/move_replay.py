"""Moves carried out row by row on nodes with exact room, by plain means: the judge of their order.

It knows the start only where every running replica's node is named.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from placement.plan import Move, NodePlan
from placement.problem import Cluster, NodePool, Problem, Workload
from placement.sizing import Sizing

__all__ = ["Replay", "replayed"]

_Node = tuple[str, str]
_Row = tuple[str, str, str, str, str]  # workload, old cluster and node, new cluster and node


class Replay:
    """Nodes, and what runs on each."""

    def __init__(self, problem: Problem, plan_nodes: Iterable[NodePlan]) -> None:
        self.problem = problem
        self.sizing = Sizing.of(problem)
        self.workloads = {workload.key: workload for workload in problem.workloads}
        self.clusters = {cluster.name: cluster for cluster in problem.clusters}
        self.plan = {(node.cluster, node.name): node for node in plan_nodes}
        self.bought: set[_Node] = set()
        self.gone: set[_Node] = set()
        self.free: dict[_Node, Mapping[str, int]] = {}
        self.pool: dict[_Node, str | None] = {}
        self.kind: dict[_Node, str | None] = {}
        self.on: dict[_Node, Counter[str]] = {}
        self.waiting: dict[_Row, int] = {}
        for cluster in problem.clusters:
            for node in cluster.nodes:
                where = (cluster.name, node.name)
                self.free[where], self.pool[where] = node.free, node.node_pool
                pool = self._pool(where)
                self.kind[where] = pool.instance_type if pool else node.instance_type
                self.on[where] = Counter()
        for where, row in self.plan.items():
            if row.state == "new":
                assert row.instance_type is not None
                self.free[where] = problem.types[row.instance_type].capacity
                self.pool[where], self.kind[where] = row.node_pool, row.instance_type
                self.on[where] = Counter()

    def _pool(self, where: _Node) -> NodePool | None:
        pools = self.clusters[where[0]].node_pools
        return next((pool for pool in pools if pool.name == self.pool[where]), None)

    def needs(self, workload: Workload, where: _Node) -> Mapping[str, int]:
        """Return what one replica takes of a node."""
        kind = self.problem.types.get(self.kind[where] or "")
        return self.sizing.requests(workload, kind, self.sizing.gpus(workload, kind))

    def fits(self, where: _Node, key: str, replicas: int) -> bool:
        """Return whether a node has room for more replicas beside those on it."""
        then = self.on[where] + Counter({key: replicas})
        used: Counter[str] = Counter()
        for each, count in then.items():
            for resource, amount in self.needs(self.workloads[each], where).items():
                used[resource] += count * amount
        free = self.free[where]
        return all(
            amount <= free.get(resource, amount if resource == "pods" else 0)
            for resource, amount in used.items()
        )

    def there(self) -> set[_Node]:
        """Return the nodes that run."""
        return {
            where
            for where in self.on
            if where not in self.gone
            and (where in self.bought or where not in self.plan or self._was(where))
        }

    def _was(self, where: _Node) -> bool:
        return self.plan[where].state != "new"

    def within(self, nodes: set[_Node], new: _Node) -> bool:
        """Return whether the limits that count a new node hold."""
        pool = self._pool(new)
        assert pool is not None
        cluster = self.clusters[new[0]]
        in_cluster = [where for where in nodes if where[0] == new[0]]
        in_pool = [where for where in in_cluster if self.pool[where] == pool.name]
        if pool.max_nodes is not None and len(in_pool) > pool.max_nodes:
            return False
        for resource, bound in cluster.limits.items():
            if self._size(new, resource) and bound < sum(
                self._size(where, resource) for where in in_cluster
            ):
                return False
        for quota in self.problem.quotas:
            weights = [
                self._quota_weight(where, quota.resource)
                for where in nodes
                if self._covered(quota.model_dump(), where)
            ]
            if self._covered(quota.model_dump(), new) and sum(weights) > quota.limit:
                return False
        return True

    def _size(self, where: _Node, resource: str) -> int:
        if resource == "nodes":
            return 1
        if self.pool[where] is None:
            cluster: Cluster = self.clusters[where[0]]
            node = next(node for node in cluster.nodes if node.name == where[1])
            return (node.free if node.allocatable is None else node.allocatable).get(resource, 0)
        return self.problem.types[self.kind[where] or ""].capacity.get(resource, 0)

    def _quota_weight(self, where: _Node, resource: str) -> int:
        kind = self.problem.types[self.kind[where] or ""]
        return kind.quota_vcpus if resource == "vcpus" else self._size(where, resource)

    def _covered(self, quota: Mapping[str, object], where: _Node) -> bool:
        pool, types, sorts = self._pool(where), quota["instance_types"], quota["capacity_types"]
        assert isinstance(types, tuple)
        assert isinstance(sorts, tuple)
        return (
            pool is not None
            and quota["region"] in {None, self.clusters[where[0]].region}
            and (not types or pool.instance_type in types)
            and (not sorts or pool.capacity_type in sorts)
        )

    def tidy(self) -> None:
        """Let go of what is to be released and is empty."""
        for where, row in self.plan.items():
            if row.state == "released" and not +self.on[where]:
                self.gone.add(where)

    def start(self, where: _Node, key: str, replicas: int) -> bool:
        """Start replicas, on a node bought for them if need be; return whether that is allowed."""
        if where not in self.there():
            if where in self.gone or not self.within({*self.there(), where}, where):
                return False
            if not self.fits(where, key, replicas):
                return False
            self.bought.add(where)
        if not self.fits(where, key, replicas):
            return False
        self.on[where][key] += replicas
        return True

    def stop(self, where: _Node, key: str, replicas: int) -> None:
        """Stop replicas that have to be there."""
        assert self.on[where][key] >= replicas, f"{key} has too few replicas on {where}"
        self.on[where][key] -= replicas

    def wake(self) -> None:
        """Let go of empty nodes, then start what has stopped before and has room now."""
        self.tidy()
        for row in list(self.waiting):
            while self.waiting[row] and self.start((row[3], row[4]), row[0], 1):
                self.waiting[row] -= 1
            if not self.waiting[row]:
                del self.waiting[row]


def replayed(problem: Problem, plan_nodes: tuple[NodePlan, ...], moves: tuple[Move, ...]) -> int:
    """Carry moves out, then start what is new; return how many replicas were down at once at most.

    Raises AssertionError where a row needs more than there is, or the end is not the plan.
    """
    replay = Replay(problem, plan_nodes)
    for key, where, replicas in _running(problem, plan_nodes, moves):
        replay.on[where][key] += replicas
    replay.wake()
    most = 0
    for move in moves:
        assert move.from_.node is not None
        old = (move.from_.cluster, move.from_.node)
        if move.to is None:
            replay.stop(old, move.workload, move.replicas)
        else:
            assert move.to.node is not None
            new = (move.to.cluster, move.to.node)
            if move.first == "surge":
                assert replay.start(new, move.workload, move.replicas), f"no room for {move}"
            else:
                row = (move.workload, *old, *new)
                replay.waiting[row] = replay.waiting.get(row, 0) + move.replicas
                most = max(most, sum(replay.waiting.values()))
            replay.stop(old, move.workload, move.replicas)
        replay.wake()
    assert not replay.waiting, "something never starts again"
    _ends_as_planned(replay)
    return most


def _running(
    problem: Problem, plan_nodes: tuple[NodePlan, ...], moves: tuple[Move, ...]
) -> Iterable[tuple[str, _Node, int]]:
    """Yield what runs at the start, without what a scale-down takes away."""
    planned = {
        (n.cluster, n.name, held.workload): held.replicas for n in plan_nodes for held in n.replicas
    }
    leaving: Counter[tuple[str, str, str]] = Counter()
    for move in moves:
        leaving[move.from_.cluster, move.from_.node or "", move.workload] += move.replicas
    for workload in problem.workloads:
        for row in workload.current:
            assert row.node is not None
            key = (row.cluster, row.node, workload.key)
            yield (
                workload.key,
                (row.cluster, row.node),
                leaving[key] + min(row.replicas, planned.get(key, 0)),
            )


def _ends_as_planned(replay: Replay) -> None:
    for where, row in replay.plan.items():
        for held in row.replicas:
            more = held.replicas - replay.on[where][held.workload]
            assert more >= 0, f"{held.workload} has too many replicas on {where}"
            assert not more or replay.start(where, held.workload, more)
    for where, held_there in replay.on.items():
        planned = (
            {h.workload: h.replicas for h in replay.plan[where].replicas}
            if (where in replay.plan)
            else {}
        )
        assert dict(+held_there) == planned
