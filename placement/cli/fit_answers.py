"""What ``placement fit`` answers: the fit of every model on every card, and what would help."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from placement.cli.fit_inputs import Question
from placement.memory import Advice, MemoryFit, advice, smallest_fit
from placement.problem import Gpu, Serving

__all__ = ["GPUS_PER_NODE", "Answer", "answers_to"]

GPUS_PER_NODE = 8
"""GPUs of the largest common node (p5.48xlarge, a3-highgpu-8g, ecs.gn7e-c16g1.32xlarge); larger
degrees are tried only when asked for."""

MOST_NODES = 4
"""Nodes that are advised at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A fit under the names that were given, and single changes that would make it ``yes``."""

    fit: MemoryFit
    advice: tuple[Advice, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement fit --json``."""
        changes = [{"flag": change.flag, "text": change.text} for change in self.advice]
        return {**self.fit.to_dict(), "advice": changes}


def answers_to(
    questions: Iterable[Question], gpus: Mapping[str, Gpu], nodes: int
) -> Iterator[Answer]:
    """Yield an answer for every question and card.

    Parameters
    ----------
    nodes
        Nodes that a replica may span.
    """
    for question in questions:
        for name, card in gpus.items():
            yield _answer(question, name, card, nodes)


def _answer(question: Question, name: str, card: Gpu, nodes: int) -> Answer:
    model, serving = question.model, question.serving
    room = _gpus_of_a_node(serving, nodes)
    found = smallest_fit(model, serving, card, room, nodes=nodes)
    changes = advice(model, serving, card, room, nodes=nodes)
    if found.fits != "yes" and not changes and nodes == 1:
        changes = tuple(_more_nodes(question, card, found))
    where = f"one node of {room} GPUs" if nodes == 1 else f"{nodes} nodes of {room} GPUs each"
    more = () if serving.tensor_parallel else (f"degrees were tried on up to {where}",)
    assumed = (*found.assumed, *question.assumed, *more)
    return Answer(
        fit=replace(found, model=question.name, gpu=name, assumed=assumed), advice=changes
    )


def _gpus_of_a_node(serving: Serving, nodes: int) -> int:
    """Return the GPUs of a node; as many as fixed degrees take where those are more than usual."""
    stages = -(-serving.pipeline_parallel // nodes)
    return max(GPUS_PER_NODE, (serving.tensor_parallel or 1) * stages)


def _more_nodes(question: Question, card: Gpu, found: MemoryFit) -> Iterator[Advice]:
    """Yield the fewest nodes that a replica fits on, where no other change helps.

    One node is enough where the degree that was asked for is what stands in the way.
    """
    if question.serving.pipeline_parallel > 1:
        return
    free = question.serving.model_copy(update={"tensor_parallel": None})
    for nodes in range(1, MOST_NODES + 1):
        changed = smallest_fit(question.model, free, card, GPUS_PER_NODE, nodes=nodes)
        if changed.fits == "yes":
            flag = f"--tensor-parallel-size {changed.tensor_parallel}"
            if changed.pipeline_parallel > 1:
                flag = f"{flag} --pipeline-parallel-size {changed.pipeline_parallel}"
            gpus = f"{changed.gpus} GPU{'s' if changed.gpus > 1 else ''}"
            where = f" on {nodes} nodes" if nodes > 1 else ""
            text = f"{gpus}{where} for each replica, instead of {found.gpus}"
            yield Advice(flag=flag, text=text, fit=changed)
            return
