"""The whole problem: what a user writes, validated as one."""

from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator

from placement.errors import InputError
from placement.problem.base import Part
from placement.problem.budgets import Budget
from placement.problem.catalog import InstanceType, Offering, Quota
from placement.problem.checks import find_issues, find_warnings
from placement.problem.fleet import Cluster
from placement.problem.issues import issues_of
from placement.problem.network import Network
from placement.problem.offers import Offers
from placement.problem.terms import Terms
from placement.problem.totals import ResourceLimit
from placement.problem.what_if import WhatIf
from placement.problem.workload import Workload

__all__ = ["Problem"]


class Problem(WhatIf, Part):
    """Workloads to place, clusters to place them in, and what can be bought.

    Raises
    ------
    InputError
        On construction, with every broken rule that was found, each with its path.
    """

    currency: Annotated[str, Field(strict=True, min_length=1, max_length=16)] = "USD"
    instance_types: tuple[InstanceType, ...] = ()
    offerings: tuple[Offering, ...] = ()
    quotas: tuple[Quota, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    workloads: tuple[Workload, ...] = ()
    budgets: tuple[Budget, ...] = ()
    limits: tuple[ResourceLimit, ...] = ()
    network: Network = Network()
    objective: Terms = Terms()

    @model_validator(mode="wrap")
    @classmethod
    def _collect(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Validate the shape, then what parts say of one another; report all issues together."""
        try:
            problem = handler(data)
        except ValidationError as error:
            raise InputError(issues_of(error, cls, data)) from None
        if issues := tuple(find_issues(problem)):
            raise InputError(issues)
        return problem

    @cached_property
    def types(self) -> dict[str, InstanceType]:
        """Return the instance types by name."""
        return {kind.name: kind for kind in self.instance_types}

    @cached_property
    def offers(self) -> Offers:
        """Return the offerings, ready for look-up by region, type, capacity type and zone."""
        return Offers(self.offerings)

    def warnings(self) -> tuple[str, ...]:
        """Return what is allowed but hardly meant, a sentence each."""
        return tuple(find_warnings(self))
