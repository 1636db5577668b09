"""What the start-ups show, as Markdown."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from startup_causes import UNKNOWN, cause_of, outliers
from startup_errors import QUANTITIES, TARGETS, Quantity, Summary, errors, groups, summary
from startup_fits import Sized
from startup_laws import Law
from startup_refits import Refit, refits, unseen
from startup_verdicts import VERDICTS, confusion, is_wrong, judged

from placement.memory.units import GIB

__all__ = [
    "by_group",
    "every_row",
    "foretold",
    "left_out",
    "named",
    "overall",
    "refitted",
    "table",
    "verdicts",
]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table; all columns but the first are to the right."""
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def overall(sized: Sequence[Sized], *, targets: bool = False) -> Iterator[str]:
    """Yield the errors of every quantity, beside the targets if they are about these start-ups."""
    head = ("", "count", "mean", "median", "p90", "bias", "worst", "of", *("target", "") * targets)
    rows = (_overall_row(sized, quantity, targets) for quantity in QUANTITIES)
    yield from table(head, (row for row in rows if row))


def _overall_row(sized: Sequence[Sized], quantity: Quantity, targets: bool) -> Sequence[str]:
    found = summary(errors(sized, quantity))
    if found is None:
        return ()
    end: tuple[str, ...] = ("", "")
    if quantity.name in TARGETS:
        median, p90 = TARGETS[quantity.name]
        reached = found.median <= median and found.p90 <= p90
        end = (f"{median:g} / {p90:g} %", "pass" if reached else "MISS")
    return (
        f"{quantity.name}, {quantity.unit}",
        str(found.count),
        f"{found.mean:.2f}",
        f"{found.median:.2f}",
        f"{found.p90:.2f}",
        f"{found.bias:+.2f}",
        f"{found.worst.value:+.2f}",
        found.worst.sized.start.id,
        *end * targets,
    )


def by_group(sized: Sequence[Sized], what: str, key: Callable[[Sized], str]) -> Iterator[str]:
    """Yield the errors by a key: median / p90 / worst of the absolute error, and how many."""
    parts = [q for q in QUANTITIES if q.name not in ("concurrency", "graphs")]
    head = (what, *(f"{q.name}, {q.unit}" for q in parts))
    rows = (
        (name, *(_short(summary(errors(group, q))) for q in parts))
        for name, group in groups(sized, key).items()
        if any(errors(group, q) for q in parts)
    )
    yield from table(head, rows)


def _short(found: Summary | None) -> str:
    if found is None:
        return ""
    worst = f"{found.worst.value:+.2f}"
    if found.count == 1:
        return worst
    return f"{found.median:.2f} / {found.p90:.2f} / {worst} ({found.count})"


def verdicts(sized: Sequence[Sized], *, gpu_known: bool = True) -> Iterator[str]:
    """Yield the confusion table, and every verdict that what happened proves wrong."""
    counts = confusion(judged(sized, gpu_known=gpu_known))
    rows = ((end, *(str(of[fits]) for fits in VERDICTS)) for end, of in counts.items())
    yield from table(("", *VERDICTS), rows)
    yield ""
    wrong = [each for each in judged(sized, gpu_known=gpu_known) if is_wrong(each)]
    for each in wrong:
        assert each.found is not None
        start = each.start
        yield f"* WRONG {start.id}, {start.model}, {start.gpu}: {start.outcome}, judged"
        yield f"  {each.found.fits}. {cause_of(each)}."
    if not wrong:
        yield "No verdict is proved wrong."


def named(sized: tuple[Sized, ...]) -> Iterator[str]:
    """Yield the start-ups beyond the limits, with their causes."""
    for each, found in outliers(sized):
        listed = ", ".join(f"{error.quantity.name} {error.value:+.1f} %" for error in found)
        start = each.start
        version = start.engine_version or start.version
        yield f"* {start.id}, {start.model}, {start.card or start.gpu}, {version}: {listed}."
        yield f"  {cause_of(each)}."
    known = [cause_of(each) != UNKNOWN for each, _ in outliers(sized)]
    yield ""
    yield f"{len(known)} named, {known.count(False)} of them with no cause known at all."


def left_out(sized: Sequence[Sized]) -> Iterator[str]:
    """Yield what cannot be judged, or not in full, by the reason."""
    for reason, group in groups(sized, lambda each: each.why_not).items():
        if reason:
            names = ", ".join(each.start.id for each in group)
            yield f"* {reason} ({len(group)}): {names}"


def every_row(sized: Sequence[Sized]) -> Iterator[str]:
    """Yield measured and predicted figures of every start-up that was sized."""
    head = ("", "ended", "model", "GPU", "t x p", "vLLM", "verdict", *(q.name for q in QUANTITIES))
    yield from table(head, (_row(each) for each in sized if each.found))


def _row(sized: Sized) -> Sequence[str]:
    start, found = sized.start, sized.found
    assert found is not None
    shape = f"{found.tensor_parallel} x {found.pipeline_parallel}"
    version, fits = start.engine_version or start.version, found.fits
    figures = (_pair(sized, quantity) for quantity in QUANTITIES)
    model, ended = start.model.split("/")[-1], start.outcome
    return (start.id, ended, model, start.card or start.gpu, shape, version, fits, *figures)


def _pair(sized: Sized, quantity: Quantity) -> str:
    """Return measured / predicted."""
    start = sized.start
    said = getattr(sized.found, quantity.predicted)
    if not quantity.measured.endswith("_gib"):
        seen = start.measured.get(quantity.measured)
        return (
            f"{seen or '–'} / {said:.6g}" if isinstance(said, float) else f"{seen or '–'} / {said}"
        )
    size = start.bytes_of(quantity.measured)
    return f"{'–' if size is None else f'{size / GIB:.2f}'} / {said / GIB:.2f}"


def foretold(key: Callable[[Sized], str], what: str) -> Iterator[str]:
    """Yield the errors of KV GiB by a key, each group foretold by constants fitted without it."""
    found = unseen(key)
    sizes = np.array([abs(value) for values in found.values() for value in values])
    p90 = float(np.percentile(sizes, 90, method="higher"))
    yield f"Each {what} foretold by constants of activation and non-torch fitted without it:"
    yield f"KV GiB of {len(sizes)} start-ups, median {np.median(sizes):.2f} %, p90 {p90:.2f} %."
    worst = (f"{name} {max(values, key=abs):+.2f}" for name, values in found.items())
    yield f"Worst of each, in %: {', '.join(worst)}."


def refitted(law: Law) -> Iterator[str]:
    """Yield a law's constants refitted without each family and version, and the errors on it."""
    head = ("left out", "count", *law.names, "median error, GiB", "worst", "worst of KV, %")
    shipped = (f"{value:g}" for value in law.shipped)
    first = ("(as shipped)", "", *shipped, "", "", "")
    found = (_refit_row(refit, len(law.names)) for refit in refits(law))
    yield from table(head, (first, *found))


def _refit_row(refit: Refit, width: int) -> Sequence[str]:
    name = refit.left_out or "nothing"
    if refit.constants is None:
        cells = ["the rest does not tell them apart", *[""] * (width + 2)]
        return (name, str(refit.count), *cells)
    ordered = sorted(map(abs, refit.errors))
    return (
        name,
        str(refit.count),
        *(f"{value:.4g}" for value in refit.constants),
        f"{ordered[len(ordered) // 2]:.3f}",
        f"{max(refit.errors, key=abs):+.3f}",
        f"{max(refit.kv_errors, key=abs):+.2f}" if refit.kv_errors else "",
    )
