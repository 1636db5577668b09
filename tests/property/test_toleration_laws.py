"""Laws of tolerations: a group tolerates the taints that its leader and its workers tolerate."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import GPUS, group, loaded

KEYS, VALUES, EFFECTS = ("a", "b"), ("", "x", "y"), ("NoSchedule", "PreferNoSchedule", "NoExecute")
Stated = dict[str, str]


def stated(key: str, value: str | None, effect: str) -> Stated:
    """Return a toleration; of every value without one, and then perhaps of every key."""
    said = {"operator": "Exists"} if value is None else {"operator": "Equal", "value": value}
    return {**said, **({"key": key} if key else {}), **({"effect": effect} if effect else {})}


tolerations = st.lists(
    st.builds(stated, st.sampled_from(KEYS), st.sampled_from(VALUES), st.sampled_from(EFFECTS))
    | st.builds(stated, st.sampled_from(("", *KEYS)), st.none(), st.sampled_from(("", *EFFECTS))),
    max_size=3,
)


def tolerates(all_of_them: list[Stated], key: str, value: str, effect: str) -> bool:
    return any(
        one.get("key", key) == key
        and one.get("value", value) == value
        and one.get("effect", effect) == effect
        for one in all_of_them
    )


def pod(listed: list[Stated]) -> str:
    said = ", ".join(
        "{" + ", ".join(f"{name}: '{value}'" for name, value in one.items()) + "}" for one in listed
    )
    return f"{GPUS}, tolerations: [{said}]"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(leader=tolerations, worker=tolerations)
def test_a_group_tolerates_just_what_both_tolerate(
    leader: list[Stated], worker: list[Stated]
) -> None:
    (found,) = loaded(group(2, pod(worker), pod(leader))).problem.workloads
    common = [
        {
            name: value
            for name, value in one.model_dump(exclude_defaults=True).items()
            if name in {"key", "effect"}
        }
        | ({"value": one.value} if one.operator == "Equal" else {})
        for one in found.tolerations
    ]
    for taint in product(KEYS, VALUES, EFFECTS):
        both = tolerates(leader, *taint) and tolerates(worker, *taint)
        assert tolerates(common, *taint) == both, taint
