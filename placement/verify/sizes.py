"""What one replica takes of a node; of GPUs, the memory room alone knows how many.

Only the verdict ``yes`` may be placed, and ``at-risk`` where the workload allows it: such a replica
may die at its start.
"""

from collections.abc import Mapping

from placement.memory import gpus_needed, verdict_of
from placement.problem import Gpu, InstanceType, Model, Problem, Serving, Workload
from placement.quantity import PODS

__all__ = ["Sizes"]

_DEFAULT_RESOURCE = "nvidia.com/gpu"  # Kubernetes device plugin's name, the default of gpu.resource

_Replica = tuple[Model, Serving, int]
"""A model, how it is served, and the GPUs that its requests state."""


class Sizes:
    """Needs of each workload on each type, worked out once per verification.

    Equal models, flags and cards are one object each, so that what is known of them is found soon.
    """

    def __init__(self, problem: Problem) -> None:
        cards = {kind.name: kind.gpu for kind in problem.instance_types if kind.gpu}
        self._resources = {gpu.resource for gpu in cards.values()} | {_DEFAULT_RESOURCE}
        first: dict[Gpu, Gpu] = {}
        self._cards = {name: first.setdefault(gpu, gpu) for name, gpu in cards.items()}
        self._models: dict[tuple[object, ...], Model] = {}
        self._servings: dict[tuple[object, ...], Serving] = {}
        self._replicas: dict[str, _Replica | int] = {}
        self._judged: dict[tuple[int, ...], int | None] = {}
        self._gpus: dict[tuple[str, str | None], int | None] = {}
        self._needs: dict[tuple[str, str | None], Mapping[str, int]] = {}

    def gpus(self, workload: Workload, kind: InstanceType | None) -> int | None:
        """Return the GPUs that one replica takes in all, or None where it does not fit."""
        key = (workload.key, None if kind is None else kind.name)
        if key not in self._gpus:
            self._gpus[key] = self._judge(workload, kind)
        return self._gpus[key]

    def needs(self, workload: Workload, kind: InstanceType | None) -> Mapping[str, int]:
        """Return what one replica takes of a node, by resource: requests, GPUs and one pod.

        Of a replica over several nodes, what it takes of each.
        """
        key = (workload.key, None if kind is None else kind.name)
        if key not in self._needs:
            need, gpus = dict(workload.requests), self.gpus(workload, kind)
            if workload.model is not None and gpus is not None and kind and kind.gpu:
                need[kind.gpu.resource] = gpus
            need[PODS] = max(1, need.get(PODS, 0))
            self._needs[key] = need
        return self._needs[key]

    def _judge(self, workload: Workload, kind: InstanceType | None) -> int | None:
        if workload.key not in self._replicas:
            self._replicas[workload.key] = self._replica(workload)
        replica = self._replicas[workload.key]
        if isinstance(replica, int):
            return replica
        card = None if kind is None else self._cards.get(kind.name)
        if card is None:
            return None
        key = (id(replica[0]), id(replica[1]), replica[2], id(card))
        if key not in self._judged:
            self._judged[key] = _needed(*replica, card)
        return self._judged[key]

    def _replica(self, workload: Workload) -> _Replica | int:
        """Return what decides how many GPUs a replica takes; without a model, as many as asked."""
        asked = sum(workload.requests.get(resource, 0) for resource in self._resources)
        model, serving = workload.model, workload.serving
        if model is None:
            return asked
        return (
            self._models.setdefault(tuple(model.__dict__.values()), model),
            self._servings.setdefault(tuple(serving.__dict__.values()), serving),
            asked,
        )


def _needed(model: Model, serving: Serving, asked: int, card: Gpu) -> int | None:
    """Return the GPUs of one replica on a card; ``asked`` where that many are stated."""
    if not asked:
        return gpus_needed(model, serving, card, card.count)
    tensor, rest = divmod(asked, serving.pipeline_parallel)
    if rest or asked > card.count:
        return None
    allowed = {"yes", "at-risk"} if serving.allow_at_risk else {"yes"}
    return asked if verdict_of(model, serving, card, tensor) in allowed else None
