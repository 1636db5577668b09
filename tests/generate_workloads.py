"""Random workloads for a random fleet: needs that pack badly, and rules that name its parts."""

from math import prod

from tests.generate_draw import Draw, Json

__all__ = ["random_workloads"]

_MODELS = (
    {"parameters": 1_500_000_000, "layers": 28, "kv_heads": 2, "head_dim": 128},
    {"parameters": 8_190_735_360, "layers": 36, "kv_heads": 8, "head_dim": 128},
    {"parameters": 14_800_000_000, "layers": 40, "kv_heads": 8, "head_dim": 128},
    {"parameters": 32_800_000_000, "layers": 64, "kv_heads": 8, "head_dim": 128},
)
_REGION_LABEL = "topology.kubernetes.io/region"
_ZONE_LABEL = "topology.kubernetes.io/zone"
_OLD_ZONE_LABEL = "failure-domain.beta.kubernetes.io/zone"
_TYPE_LABEL = "node.kubernetes.io/instance-type"
_CAPACITY_LABEL = "karpenter.sh/capacity-type"


def random_workloads(draw: Draw, clusters: list[Json]) -> list[Json]:
    """Return workloads with at most ``size.states`` vectors of placed replicas."""
    rng, size = draw.rng, draw.size
    while True:
        counts = [rng.randint(0, size.replicas) for _ in range(rng.choice(size.workloads))]
        small = prod(count + 1 for count in counts) <= size.states
        if small and (any(counts) or rng.random() < 0.1):
            break
    return [
        {"name": f"w{number}", "replicas": count, **_workload(draw, clusters)}
        for number, count in enumerate(counts)
    ]


def _workload(draw: Draw, clusters: list[Json]) -> Json:
    rng = draw.rng
    workload: Json = {
        "namespace": rng.choice(("default", "prod")),
        "priority": rng.choice((0, 0, 0, 5, 10)),
        "requests": {
            "cpu": rng.choice((1, 1, 1, 2, 3, "1500m")),
            "memory": f"{rng.randint(2, 11)}Gi",
        },
    }
    _ask_for_gpus(draw, workload)
    if rng.random() < 0.8:
        workload["capacity_types"] = ["on-demand", "reserved", "spot"]
    elif rng.random() < 0.15:
        workload["capacity_types"] = [rng.choice(("on-demand", "spot"))]
    if draw.has("taints", 0.85):
        workload["tolerations"] = [_toleration(draw)]
    if rng.random() < 0.15:
        workload["cluster_affinity"] = _affinity(draw, clusters)
    if rng.random() < 0.11:
        workload["node_selector"] = _selector(draw, clusters)
    if rng.random() < 0.1:
        names = [kind["name"] for kind in draw.types]
        workload["instance_types"] = {rng.choice(("allow", "deny")): [rng.choice(names)]}
    models = sorted({kind["gpu"]["model"] for kind in draw.types if "gpu" in kind})
    if models and rng.random() < 0.1:
        workload["gpu_models"] = {rng.choice(("allow", "deny")): [rng.choice(models)]}
    return workload


def _ask_for_gpus(draw: Draw, workload: Json) -> None:
    """Give a workload a model, a number of GPUs, both, or neither."""
    rng = draw.rng
    form = rng.random()
    if form < 0.2:
        workload["model"] = rng.choice(_MODELS[:3] + _MODELS)
        workload["serving"] = {"max_model_len": 4096}
        if rng.random() < 0.3:
            workload["serving"]["tensor_parallel"] = rng.choice((1, 2, 2))
        elif rng.random() < 0.3:
            workload["requests"]["nvidia.com/gpu"] = rng.choice((1, 2, 2, 4))
    elif form < 0.88:
        workload["requests"]["nvidia.com/gpu"] = rng.choice((1, 1, 1, 1, 2, 2, 3))


def _toleration(draw: Draw) -> Json:
    return draw.rng.choice(
        (
            {"operator": "Exists"},
            {"operator": "Exists"},
            {"key": "team", "operator": "Exists"},
            {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"},
            {"key": "team", "value": "a"},
            {"key": "gpu", "value": "", "effect": "NoExecute"},
            {"operator": "Exists", "effect": "NoSchedule"},
        )
    )


def _affinity(draw: Draw, clusters: list[Json]) -> Json:
    rng, rules = draw.rng, draw.rules
    cluster = rng.choice(clusters)
    forms: list[Json] = [
        {"cluster_names": [cluster["name"]]},
        {"exclude": [cluster["name"]]},
        {"regions": [cluster["region"]]},
        {"providers": [cluster.get("provider", "aws")]},
    ]
    if "zones" in rules:
        forms += [{"zones": [f"{cluster['region']}-{rng.choice('ab')}"]}] * 3
    if "labels" in rules:
        operator = rng.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        values = ["gold"] if operator in {"In", "NotIn"} else []
        match = {"key": "tier", "operator": operator, "values": values}
        forms.append({"label_selector": {"match_expressions": [match]}})
        forms.append({"label_selector": {"match_labels": {"tier": rng.choice(("gold", "iron"))}}})
    return rng.choice(forms)


def _selector(draw: Draw, clusters: list[Json]) -> Json:
    rng, rules = draw.rng, draw.rules
    forms: list[Json] = [
        {_REGION_LABEL: rng.choice(clusters)["region"]},
        {_TYPE_LABEL: rng.choice(draw.types)["name"]},
        {_CAPACITY_LABEL: rng.choice(("on-demand", "spot"))},
    ]
    if "zones" in rules:
        zone = f"{rng.choice(clusters)['region']}-{rng.choice('ab')}"
        forms += [{_ZONE_LABEL: zone}, {_OLD_ZONE_LABEL: zone}]
    if "labels" in rules:
        forms += [{"disk": rng.choice(("ssd", "hdd"))}] * 2
    return rng.choice(forms)
