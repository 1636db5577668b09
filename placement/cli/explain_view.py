"""An explanation as people read it."""

from collections.abc import Iterator

from placement.cli.tables import Block, Table, listed
from placement.cli.words import counted, figure, money
from placement.explanation import Chosen, Explanation, Place, Refusal
from placement.memory import MemoryFit
from placement.memory.units import GIB
from placement.plan import Plan

__all__ = ["explanation_blocks"]

_SHOWN = 4  # places of one refusal that are named


def explanation_blocks(found: Explanation, plan: Plan) -> Iterator[Block]:
    """Yield where a workload is, where it is not and why, and what would change that."""
    yield f"{found.workload}: {_placed(found)}"
    if found.nodes_per_replica > 1:
        yield f"(a replica takes {found.nodes_per_replica} nodes, which tables count one by one)"
    if plan.status != "optimal":
        yield f"(the plan is {plan.status}, so a cheaper one may exist; ended by {plan.ended_by})"
    if found.chosen:
        yield _where(found)
        yield from _memory(found.chosen)
    yield from listed("Left out, because:", found.left_out)
    if found.alternatives:
        yield Table(
            title="Possible, but not used (further)",
            columns=("place", ">price/node", ">replicas/node", ">price/replica", "because"),
            rows=[(*_place(row.place), row.reason) for row in found.alternatives],
        )
    yield from listed("Not possible:", _refused(found.refusals))
    binding = [limit for limit in found.limits if limit.binds]
    if binding:
        yield Table(
            title="Limits that bind",
            columns=("rule", "limit", ">used", ">of"),
            rows=[(row.family, row.label, *row.amounts) for row in binding],
        )
    yield from listed(
        "What would change it (each alone, at the prices of full nodes):", found.changes
    )


def _placed(found: Explanation) -> str:
    if found.load is None:
        return f"{found.placed:,} of {counted(found.replicas, 'replica')} placed"
    carried, of = figure(found.load.amount - found.not_carried), figure(found.load.amount)
    return f"{carried} of {of} {found.load.unit} carried, by {counted(found.placed, 'replica')}"


def _where(found: Explanation) -> Table:
    return Table(
        title=f"Where it is (prices in {found.currency} per hour)",
        columns=(
            *("place", ">price/node", ">replicas/node", ">price/replica", ">GPUs", ">replicas"),
            *(">nodes", "shared with"),
        ),
        rows=[
            (
                *_place(row.place),
                *(row.gpus_per_replica, row.replicas, len(row.nodes)),
                ", ".join(row.shares_with) or None,
            )
            for row in found.chosen
        ],
    )


def _place(place: Place) -> tuple[object, ...]:
    each = place.per_replica
    price = "paid anyway" if place.paid_anyway else money(place.price)
    return (str(place), price, place.per_node, None if each is None else money(each))


def _memory(chosen: tuple[Chosen, ...]) -> Iterator[Block]:
    """Yield the memory of one GPU of each kind, part by part."""
    kinds: dict[tuple[str, int], MemoryFit] = {}
    for row in chosen:
        if row.memory is not None:
            kinds.setdefault((row.memory.gpu, row.memory.gpus), row.memory)
    if not kinds:
        return
    yield Table(
        title="Memory of each GPU, in GiB",
        columns=(
            *("gpu", ">GPUs", ">total", ">usable by engine", ">weights", ">activation"),
            *(">libraries", ">graphs", ">left for KV", ">KV needed", ">concurrency"),
        ),
        rows=[_parts(fit) for fit in kinds.values()],
    )


def _parts(fit: MemoryFit) -> tuple[object, ...]:
    parts = (
        *(fit.total, fit.budget, fit.weights, fit.activation, fit.non_torch, fit.cuda_graph),
        *(fit.kv, fit.kv_needed),
    )
    figures = (f"{part / GIB:.2f}" for part in parts)
    return (fit.gpu, fit.gpus, *figures, f"{fit.max_concurrency:.2f}")


def _refused(refusals: tuple[Refusal, ...]) -> list[str]:
    """Return one line for every distinct refusal, with the places that share it."""
    places: dict[str, list[str]] = {}
    for row in refusals:
        more = f"; {row.rules_against - 1} further rules, too" if row.rules_against > 1 else ""
        names = places.setdefault(f"{row.rule}: {row.reason}{more}", [])
        if str(row.place) not in names:
            names.append(str(row.place))
    return [
        f"{', '.join(names[:_SHOWN])}"
        f"{f' and {len(names) - _SHOWN} more' if len(names) > _SHOWN else ''} - {reason}"
        for reason, names in places.items()
    ]
