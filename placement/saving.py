"""Whether a re-plan saves enough to move what runs."""

from placement.plan import Plan
from placement.problem import Problem
from placement.problem.revised import revised, with_fields

__all__ = ["keeps", "without_moves"]


def without_moves(problem: Problem) -> Problem:
    """Return the problem in which nothing that may stay where it runs is moved."""
    terms = with_fields(problem.objective, max_moves=0, min_saving=0.0)
    return revised(problem, objective=terms)


def keeps(problem: Problem, plan: Plan, stays: Plan) -> Plan | None:
    """Return the plan that moves nothing where a re-plan saves too little, else None.

    A saving is too small where it is less than the share ``min_saving`` of the money that the plan
    without moves costs. That plan counts only if it places everything.

    Parameters
    ----------
    plan
        The best plan, moves counted.
    stays
        The best plan that moves nothing.
    """
    if stays.status == "infeasible" or stays.unplaced or stays.moves:
        return None
    kept, least = stays.objective.total, problem.objective.min_saving
    saved = kept - plan.objective.total
    if plan.unplaced or saved >= least * kept:
        return None
    replicas = sum(move.replicas for move in plan.moves)
    said = (
        f"objective.min_saving: moving {replicas} replicas would save {saved:.4g} per hour, less "
        f"than {least:g} of {kept:.4g}; nothing is moved"
    )
    return stays.model_copy(update={"warnings": (*plan.warnings, said)})
