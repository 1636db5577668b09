"""The same for the rules of workloads and of moves: one edit each, and what is said of it."""

from tests.bad_documents import Edit

__all__ = ["RULE_EDITS"]

_WORKLOADS = "workloads:\n"
_REQUESTS = "    requests: {cpu: 1, nvidia.com/gpu: 1}\n"


def _rule(what: str, rule: str, value: str, *said: str) -> Edit:
    return Edit(
        what, _REQUESTS, f"{_REQUESTS}    {rule}: {value}\n", (f"workloads[0].{rule}", *said)
    )


RULE_EDITS = (
    _rule("an unknown group", "spread", "[{by: regoin}]", "[0].by", "did you mean 'region'"),
    _rule(
        "groups out of order",
        "spread",
        "[{by: region, min_groups: 2, max_groups: 1}]",
        "max_groups must not be below min_groups, which is 2",
    ),
    _rule("a share of nothing", "spread", "[{by: region, max_fraction: 0}]", "max_fraction", "0"),
    _rule("a loss that keeps nothing", "survive", "[{loss_of: region}]", "needs keep"),
    _rule("an unknown loss", "survive", "[{loss_of: spots, keep: 1}]", "did you mean 'spot'"),
    _rule("spot lost twice", "survive", "[{loss_of: spot, groups: 2, keep: 0.5}]", "must be 1"),
    _rule("its own partner", "colocate_with", "[chat]", "[0]", "names the workload itself"),
    _rule("an unknown partner", "separate_from", "[chta]", "did you mean", "chat"),
    _rule(
        "a load beside replicas", "load", "{amount: 4, per_replica: {a10: 1}}", "beside replicas"
    ),
    _rule("a load of nothing", "load", "{amount: 0, per_replica: {a10: 1}}", "amount", "0"),
    _rule("no rate", "load", "{amount: 4, per_replica: {}}", "per_replica", "must not be empty"),
    _rule(
        "an unknown type in a load",
        "load",
        "{amount: 4, per_replica: {a100: 1}}",
        "no instance type has this name; did you mean 'a10'",
    ),
    _rule("a load of too many", "load", "{amount: 1.0e9, per_replica: {a10: 0.1}}", "1,000,000"),
    _rule("no whole nodes", "nodes_per_replica", "0", "0"),
    _rule(
        "a loss by a word that is none",
        "survive",
        "[{loss_of: hostname, keep: 1}]",
        "key of a label",
    ),
    _rule("a share of too much", "survive", "[{loss_of: zone, keep: 1.2}]", "keep", "1.2"),
    _rule("half a skew", "spread", "[{by: zone, max_skew: 0.5}]", "max_skew", "whole number"),
    _rule("a replica of no time", "min_replicas", "-1", "-1"),
    _rule(
        "a node of another pool in current",
        "current",
        "[{cluster: c-hz, node: n-1, replicas: 1}]",
        "no node of no pool has this name in c-hz; it is of gpu (got 'n-1')",
    ),
    _rule(
        "stages and whole nodes at once",
        "nodes_per_replica",
        "2\n    model: Qwen/Qwen3-8B\n    serving: {pipeline_parallel: 2}",
        "has no meaning beside serving.pipeline_parallel",
    ),
    _rule(
        "an unknown cluster in current",
        "current",
        "[{cluster: c-bj, replicas: 1}]",
        "[0].cluster",
        "no cluster has this name (got 'c-bj')",
    ),
    _rule(
        "an unknown node in current",
        "current",
        "[{cluster: c-hz, node_pool: gpu, node: n-2, replicas: 1}]",
        "[0].node",
        "no node of node pool gpu has this name in c-hz; did you mean 'n-1'",
    ),
    _rule(
        "a place twice in current",
        "current",
        "[{cluster: c-hz, node_pool: gpu, replicas: 1}, "
        "{cluster: c-hz, node_pool: gpu, replicas: 2}]",
        "[1]",
        "a second time",
    ),
    _rule("a negative cost of moves", "move_cost", "-1", "-1"),
    Edit(
        "a saving of everything",
        _WORKLOADS,
        "objective: {min_saving: 1}\nworkloads:\n",
        ("objective.min_saving", "less than 1"),
    ),
    Edit(
        "no horizon",
        _WORKLOADS,
        "objective: {horizon_hours: 0}\nworkloads:\n",
        ("objective.horizon_hours", "greater than 0"),
    ),
    Edit(
        "a limit on moves that is none",
        _WORKLOADS,
        "objective: {max_moves: -1}\nworkloads:\n",
        ("objective.max_moves", "-1"),
    ),
    Edit(
        "a word near from",
        _WORKLOADS,
        "network: {latency_ms: [{fromm: a, to: b, ms: 1}]}\nworkloads:\n",
        ("network.latency_ms[0].fromm", "did you mean 'from'"),
    ),
)
