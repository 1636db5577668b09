"""Rows that make capacity exact where it is not: ways to fill a node, and packings ruled out."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Ints, Rows

__all__ = ["Crowd", "NoFit", "Patterns", "crowding", "no_fit", "packing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Every maximal way to fill one node of a supply.

    Parameters
    ----------
    candidate
        ``(members,)`` the candidates of the supply.
    group
        ``(members,)`` group of each candidate in ``candidate``: those of equal needs.
    count
        ``(Q, G)`` replicas of each group in each pattern.
    """

    supply: int
    candidate: Ints
    group: Ints
    count: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFit:
    """A set of replicas that so many nodes of a supply cannot hold, proven by search.

    Parameters
    ----------
    supply, nodes
        The supply, and the number of its nodes that do not suffice.
    members
        One ``(k,)`` array of candidates for every group of equal needs in the set.
    replicas
        ``(groups,)`` replicas of each group in the set, at least one.
    """

    supply: int
    nodes: int
    members: tuple[Ints, ...]
    replicas: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Candidates of a supply of which at most so many go on one node, whatever else is there.

    Parameters
    ----------
    candidate
        ``(k,)`` candidates whose replicas each take more than 1/(most + 1) of some resource.
    most
        Replicas of them that a node holds at most.
    """

    supply: int
    candidate: Ints
    most: int


def packing(patterns: Patterns, x: Ints, n: int, y: Ints) -> Rows:
    r"""(C3) Replicas are on concrete nodes: each node is filled in one of the possible ways.

    .. math:: \sum_{w \in i} x_{ws} \le \sum_{q} c_{qi} \, y_{sq} \quad \forall i, \qquad
        \sum_{q} y_{sq} \le n_s

    Parameters
    ----------
    patterns
        :math:`c_{qi}`, replicas of group :math:`i` in pattern :math:`q`.
    x, n, y
        ``(members,)``, scalar and ``(Q,)`` columns.
    """
    ways, groups = patterns.count.shape
    way, group = np.nonzero(patterns.count)
    return Rows(
        name="packing",
        row=np.concatenate([patterns.group, group, np.full(ways + 1, groups)]),
        col=np.concatenate([x, y[way], y, [n]]),
        coef=np.concatenate(
            [np.ones(x.size), -patterns.count[way, group], np.ones(ways), [-1.0]]
        ).astype(np.float64),
        lower=np.full(groups + 1, -np.inf),
        upper=np.zeros(groups + 1),
    )


def no_fit(cut: NoFit, x: tuple[Ints, ...], n: int, d: Ints, *, limit: Ints, most: int) -> Rows:
    r"""(C3) A set of replicas that does not fit so many nodes is not there, or the nodes are more.

    .. math:: \sum_{w \in i} x_{ws} \le (r_i - 1) \, d_i + X_i \, (1 - d_i), \qquad
        n_s \ge (k + 1) \, d_0, \qquad \sum_i d_i + d_0 \ge 1

    Parameters
    ----------
    cut
        The set :math:`r_i` and the number of nodes :math:`k`.
    x, n, d
        Columns of each group's candidates, of the nodes, and ``(groups + 1,)`` of :math:`d`.
    limit
        ``(groups,)`` :math:`X_i`, the most replicas of the group that the supply can have.
    most
        The most nodes of the supply; where it is not above :math:`k`, :math:`d_0` is 0.
    """
    groups = len(x)
    rows = np.concatenate([np.full(part.size, i) for i, part in enumerate(x)])
    slack = (limit - cut.replicas + 1).astype(np.float64)
    each = np.arange(groups, dtype=np.int64)
    can_grow = 1.0 if most > cut.nodes else 0.0
    return Rows(
        name="packing",
        row=np.concatenate([rows, each, [groups, groups], np.full(groups + 1, groups + 1)]),
        col=np.concatenate([*x, d[:-1], [n, d[-1]], d]),
        coef=np.concatenate(
            [np.ones(rows.size), slack, [1.0, -(cut.nodes + 1.0)], np.ones(groups), [can_grow]]
        ),
        lower=np.concatenate([np.full(groups, -np.inf), [0.0, 1.0]]),
        upper=np.concatenate([limit.astype(np.float64), [np.inf, np.inf]]),
    )


def crowding(crowd: Crowd, x: Ints, n: int) -> Rows:
    r"""(C3) Of replicas that take more than a share of a node, a node holds only so many.

    .. math:: \sum_{w : (j + 1) \, a_{wsk} > Q_{sk}} x_{ws} \le j \, n_s

    Parameters
    ----------
    crowd
        :math:`j`, and the candidates, of one resource :math:`k`.
    x, n
        ``(k,)`` and scalar columns.
    """
    return Rows(
        name="packing",
        row=np.zeros(x.size + 1, dtype=np.int64),
        col=np.append(x, n),
        coef=np.append(np.ones(x.size), -float(crowd.most)),
        lower=np.array([-np.inf]),
        upper=np.array([0.0]),
    )
