"""The rules that scenarios are held against, each with where it is written down.

The baselines are those of ``docs/baselines.md``; the others are small models of one rule each.
"""

from placement.solvers.greedy import BASELINES
from tests.replay import rules_cloud, rules_engines, rules_karmada, rules_karpenter, rules_kueue
from tests.replay.ruled import by_rule, trying
from tests.replay.scenario import Incumbent

__all__ = [
    "CHEAPEST",
    "CONSOLIDATION",
    "FFD",
    "FLAVORS",
    "INVENTORY",
    "KARMADA",
    "KARMADA_BINDINGS",
    "KARMADA_FRESH",
    "KARMADA_ONE_STATUS",
    "LEAST_WASTE",
    "MELANGE",
    "MULTIKUEUE",
    "MULTIKUEUE_ROUNDS",
    "ONE_TEMPLATE",
    "PACKING",
    "PRIORITY_EXPANDER",
    "TRIES",
    "WEIGHTS",
    "WHOLE_NODES",
]

_BASELINES = "docs/baselines.md"
_SCHEDULER = "karmada-io/karmada f8fdd02d (2026-08-21), pkg/scheduler"


def _baseline(name: str, shown: str) -> Incumbent:
    return Incumbent(name=shown, source=f"{_BASELINES}, `{name}`", plan=BASELINES[name])


KARMADA = _baseline("karmada", "Karmada's division by available replicas")
INVENTORY = _baseline("inventory", "ACK One's inventory-aware rule")
CHEAPEST = _baseline("cheapest", "cheapest type first")
FFD = _baseline("ffd", "first-fit-decreasing")

KARMADA_ONE_STATUS = Incumbent(
    name="Karmada, many bindings on one status",
    source=f"{_SCHEDULER}: one binding at a time; reservation between bindings is alpha and off",
    plan=by_rule(rules_karmada.from_one_status, "karmada"),
)
KARMADA_BINDINGS = Incumbent(
    name="Karmada, bindings left as they are",
    source=f"{_SCHEDULER}: a settled binding is not divided again; there is no preemption",
    plan=rules_karmada.bindings(fresh=False),
)
KARMADA_FRESH = Incumbent(
    name="Karmada's WorkloadRebalancer",
    source=f"{_SCHEDULER}: division anew; what a cluster holds counts as room there",
    plan=rules_karmada.bindings(fresh=True),
)
FLAVORS = Incumbent(
    name="Kueue's flavors in order",
    source="kubernetes-sigs/kueue, documentation: flavors in the order listed, against fixed quota",
    plan=by_rule(rules_kueue.in_order, "kueue"),
)
MULTIKUEUE = Incumbent(
    name="MultiKueue, the dearest order of answers",
    source="kubernetes-sigs/kueue, documentation and kueue#9270: a job is copied to all clusters, "
    "and the first to admit it runs all of it",
    plan=rules_kueue.first_to_admit,
)
MULTIKUEUE_ROUNDS = Incumbent(
    name="MultiKueue's incremental dispatcher by name",
    source="kubernetes-sigs/kueue, documentation and kueue#12854: rounds of three clusters, sorted "
    "by name until kueue#13041 (2026-07)",
    plan=rules_kueue.in_rounds_by_name,
)
TRIES = Incumbent(
    name="SkyPilot's tries",
    source="skypilot-org/skypilot, optimizer and documentation (Auto-failover): static catalog, a "
    "place that failed is blocked, the next cheapest is tried",
    plan=trying(rules_cloud.one_after_another, "skypilot"),
)
PRIORITY_EXPANDER = Incumbent(
    name="Cluster Autoscaler's priority expander",
    source="kubernetes/autoscaler#4142: the same group is tried again and again",
    plan=by_rule(rules_cloud.priority_expander, "autoscaler"),
)
LEAST_WASTE = Incumbent(
    name="Cluster Autoscaler's least-waste",
    source="kubernetes/autoscaler, FAQ: least idle CPU, then memory",
    plan=by_rule(rules_cloud.least_waste, "autoscaler"),
)
PACKING = Incumbent(
    name="Karpenter's packing",
    source="kubernetes-sigs/karpenter v1.1.0, pkg/controllers/provisioning/scheduling, as in "
    "baselines.md",
    plan=by_rule(rules_karpenter.pack, "karpenter"),
)
CONSOLIDATION = Incumbent(
    name="Karpenter's consolidation",
    source="kubernetes-sigs/karpenter, documentation (Disruption): a node is replaced where a "
    "cheaper one holds its pods; here node by node",
    plan=by_rule(rules_karpenter.consolidate, "karpenter"),
)
MELANGE = Incumbent(
    name="Mélange's programme",
    source="Mélange, solver source: the decision vector has no upper bound, services one by one",
    plan=by_rule(rules_engines.melange, "melange"),
)
WHOLE_NODES = Incumbent(
    name="Modelplane's whole node per pod",
    source="modelplaneai/modelplane, scheduler source: each pod is charged a node",
    plan=by_rule(rules_engines.whole_nodes, "modelplane"),
)
ONE_TEMPLATE = Incumbent(
    name="one number of GPUs for all types",
    source="a pod template of Kubernetes: one set of requests for every node",
    plan=rules_engines.one_template,
)
WEIGHTS = Incumbent(
    name="weights and a fifth must fit",
    source="a rule of thumb, of no project in particular",
    plan=rules_engines.weights_and_a_fifth,
)
