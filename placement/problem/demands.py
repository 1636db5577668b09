"""What if other work had to run: a workload more, one less, another number of replicas."""

from typing import TYPE_CHECKING

from placement.errors import InputError, Issue, nearest, show
from placement.problem.revised import revised, with_fields
from placement.problem.workload import Workload

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["positions_of", "with_load", "with_replicas", "with_workload", "without_workload"]


def with_workload(problem: "Problem", workload: Workload) -> "Problem":
    """Return the problem with a workload: in place of the one of its key, else after the others.

    Raises
    ------
    InputError
        When it names what the problem does not have.
    """
    keys = [known.key for known in problem.workloads]
    rows = list(problem.workloads)
    if workload.key in keys:
        rows[keys.index(workload.key)] = workload
    else:
        rows.append(workload)
    return revised(problem, workloads=tuple(rows))


def without_workload(problem: "Problem", key: str) -> "Problem":
    """Return the problem without a workload.

    Parameters
    ----------
    key
        ``namespace/name``, or the name alone where only one namespace has it.

    Raises
    ------
    InputError
        When there is no such workload, or another rule names it.
    """
    gone = _position(problem, key)
    rows = tuple(row for position, row in enumerate(problem.workloads) if position != gone)
    return revised(problem, workloads=rows)


def with_replicas(problem: "Problem", key: str, replicas: int) -> "Problem":
    """Return the problem with another number of replicas of a workload.

    Parameters
    ----------
    key
        ``namespace/name``, or the name alone where only one namespace has it.

    Raises
    ------
    InputError
        When there is no such workload, it has a load, or the number is out of range.
    """
    workload = problem.workloads[_position(problem, key)]
    if workload.load is not None:
        rule = "has a load in place of replicas; change its amount"
        raise InputError([Issue(path="workload", rule=rule, value=show(key))])
    return with_workload(problem, with_fields(workload, replicas=replicas))


def with_load(problem: "Problem", key: str, amount: float) -> "Problem":
    """Return the problem with another amount of a workload's load, in the load's unit.

    Parameters
    ----------
    key
        ``namespace/name``, or the name alone where only one namespace has it.

    Raises
    ------
    InputError
        When there is no such workload, it has no load, or the amount is out of range.
    """
    workload = problem.workloads[_position(problem, key)]
    if workload.load is None:
        rule = "has no load; change its replicas"
        raise InputError([Issue(path="workload", rule=rule, value=show(key))])
    load = with_fields(workload.load, amount=amount)
    return with_workload(problem, workload.model_copy(update={"load": load}))


def _position(problem: "Problem", key: str) -> int:
    """Return which workload a key or a bare name means."""
    first, *more = positions_of(problem, key)
    if more:
        keys = ", ".join(problem.workloads[at].key for at in (first, *more))
        rule = f"is in several namespaces; write one of {keys}"
        raise InputError([Issue(path="workload", rule=rule, value=show(key))])
    return first


def positions_of(problem: "Problem", name: str) -> tuple[int, ...]:
    """Return the positions of the workloads that a key or a bare name may mean, one at least.

    Raises
    ------
    InputError
        When no workload has the name.
    """
    keys = [workload.key for workload in problem.workloads]
    if name in keys:
        return (keys.index(name),)
    names = [workload.name for workload in problem.workloads]
    if name in names:
        return tuple(at for at, known in enumerate(names) if known == name)
    rule = f"no workload has this name{nearest(name, [*names, *keys])}"
    raise InputError([Issue(path="workload", rule=rule, value=show(name))])
