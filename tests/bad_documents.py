"""A good problem document, and how to spoil it: one edit each, and what the message must say."""

from dataclasses import dataclass

__all__ = ["EDITS", "GOOD", "Edit"]

GOOD = """\
currency: USD
instance_types:
  - name: a10
    provider: alibaba
    gpu: {model: A10, count: 1, memory: 24Gi}
    allocatable: {cpu: 8, memory: 30Gi, pods: 64}
offerings:
  - {region: hz, instance_type: a10, price: 1.4, stock: 2}
quotas:
  - {name: gpus, region: hz, instance_types: [a10], resource: vcpus, limit: 64}
clusters:
  - name: c-hz
    region: hz
    zones: [hz-a]
    node_pools: [{name: gpu, instance_type: a10, max_nodes: 10}]
    nodes: [{name: n-1, node_pool: gpu, zone: hz-a, free: {cpu: 4, nvidia.com/gpu: 1}}]
workloads:
  - name: chat
    replicas: 2
    requests: {cpu: 1, nvidia.com/gpu: 1}
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is wrong, the text that is replaced, by what, and what the message holds besides.

    Parameters
    ----------
    said
        Fragments of the message, besides the file's name: the path, the value, what to do.
    """

    what: str
    old: str
    new: str
    said: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the spoilt document."""
        assert GOOD.count(self.old) == 1, self.old
        return GOOD.replace(self.old, self.new)


_PRICE, _STOCK, _REPLICAS = "price: 1.4", "stock: 2", "replicas: 2"
_WORKLOADS = "workloads:\n"
_REQUESTS = "    requests: {cpu: 1, nvidia.com/gpu: 1}\n"


EDITS = (
    Edit("broken YAML", "{cpu: 8,", "{cpu: 8,,", ("fleet.yaml:6", "is not YAML")),
    Edit("a tab", "    zones: [hz-a]", "\tzones: [hz-a]", ("fleet.yaml:14", "is not YAML")),
    Edit(
        "a key twice", "    region: hz\n", "    region: hz\n    region: bj\n", ("twice", "'region'")
    ),
    Edit("a tag", "name: chat", "name: !!python/name:os.system chat", ("tag", "not allowed")),
    Edit("an unknown alias", _PRICE, "price: *cheap", ("alias *cheap",)),
    Edit("not a number", _PRICE, "price: .nan", ("fleet.yaml:8", "must be finite", ".nan")),
    Edit("infinite", _PRICE, "price: .inf", ("must be finite", ".inf")),
    Edit("a number beyond doubles", _PRICE, "price: 1e999", ("must be finite", "1e999")),
    Edit("a huge whole number", _STOCK, f"stock: {'9' * 200}", ("hundred digits|100 digits",)),
    Edit("a large whole number", _STOCK, "stock: 99999999999", ("[0].stock", "2147483647")),
    Edit("true as a number", _PRICE, "price: true", ("offerings[0].price", "not true or false")),
    Edit("true as a count", _REPLICAS, "replicas: yes", ("workloads[0].replicas", "whole number")),
    Edit(
        "a fraction", _REPLICAS, "replicas: 2.5", ("workloads[0].replicas", "whole number", "2.5")
    ),
    Edit("negative count", _REPLICAS, "replicas: -1", ("workloads[0].replicas", "-1")),
    Edit("negative price", _PRICE, "price: -1.4", ("offerings[0].price", "-1.4")),
    Edit("a word as price", _PRICE, "price: cheap", ("offerings[0].price", "number", "'cheap'")),
    Edit("price missing", "price: 1.4, ", "", ("offerings[0].price", "is required")),
    Edit("replicas missing", f"    {_REPLICAS}\n", "", ("workloads[0].replicas", "is required")),
    Edit("name missing", "{name: gpus, region", "{region", ("quotas[0].name", "is required")),
    Edit("empty name", "name: chat", "name: ''", ("workloads[0].name", "must not be empty")),
    Edit("blank in a name", "name: chat", "name: my chat", ("workloads[0].name", "'my chat'")),
    Edit("number as name", "name: chat", "name: 7", ("workloads[0].name", "must be a string", "7")),
    Edit("unknown field", _STOCK, "stok: 2", ("offerings[0].stok", "did you mean 'stock'")),
    Edit("unknown section", _WORKLOADS, "workload:\n", ("workload", "did you mean 'workloads'")),
    Edit(
        "unknown field in depth",
        "count: 1",
        "cuont: 1",
        ("instance_types[0].gpu.cuont", "did you mean 'count'"),
    ),
    Edit(
        "both spellings",
        "max_nodes: 10",
        "max_nodes: 10, maxNodes: 9",
        ("clusters[0].node_pools[0]", "max_nodes is given twice"),
    ),
    Edit("bad quantity", "cpu: 8,", "cpu: 8 cores,", ("instance_types[0].allocatable", "8 cores")),
    Edit("negative quantity", "memory: 30Gi", "memory: -1Gi", ("allocatable", "negative", "-1Gi")),
    Edit("huge quantity", "memory: 30Gi", "memory: 999E", ("allocatable", "2^63", "999E")),
    Edit("bad limit", "limit: 64", "limit: lots", ("quotas[0].limit", "quantity", "lots")),
    Edit(
        "unknown capacity type",
        "max_nodes: 10",
        "capacity_type: on_demand",
        ("capacity_type", "one of", "did you mean 'on-demand'"),
    ),
    Edit(
        "unknown type in an offering",
        "instance_type: a10, price",
        "instance_type: a1O, price",
        ("offerings[0].instance_type", "no instance type", "did you mean 'a10'", "'a1O'"),
    ),
    Edit("unknown type in a quota", "[a10]", "[h100]", ("quotas[0].instance_types[0]", "'h100'")),
    Edit(
        "unknown type in a pool",
        "instance_type: a10, max",
        "instance_type: a100, max",
        ("clusters[0].node_pools[0].instance_type", "did you mean 'a10'"),
    ),
    Edit("unknown pool", "node_pool: gpu", "node_pool: gpus", ("nodes[0].node_pool", "'gpu'")),
    Edit("unknown zone", "zone: hz-a", "zone: hz-b", ("nodes[0].zone", "did you mean 'hz-a'")),
    Edit(
        "unknown cluster",
        _REQUESTS,
        f"{_REQUESTS}    cluster_affinity: {{cluster_names: [c-h]}}\n",
        ("workloads[0].cluster_affinity.cluster_names[0]", "did you mean 'c-hz'"),
    ),
    Edit(
        "unknown GPU model",
        _REQUESTS,
        f"{_REQUESTS}    gpu_models: {{allow: [A100]}}\n",
        ("workloads[0].gpu_models.allow[0]", "'A100'", "did you mean 'A10'"),
    ),
    Edit(
        "unknown model",
        _REQUESTS,
        f"{_REQUESTS}    model: Qwen/Qwen3-8\n",
        ("workloads[0].model", "no built-in model", "did you mean 'Qwen/Qwen3-"),
    ),
    Edit(
        "a workload twice",
        _WORKLOADS,
        f"{_WORKLOADS}  - {{name: chat, replicas: 1}}\n",
        ("workloads[1].name", "second time", "default/chat"),
    ),
    Edit(
        "an offering twice",
        "offerings:\n",
        "offerings:\n  - {region: hz, instance_type: a10, price: 2}\n",
        ("offerings[1]", "second time"),
    ),
    Edit(
        "a pool twice",
        "node_pools: [",
        "node_pools: [{name: gpu, instance_type: a10}, ",
        ("clusters[0].node_pools[1].name", "second time"),
    ),
    Edit(
        "a node twice",
        "nodes: [{name",
        "nodes: [{name: n-1, free: {}}, {name",
        ("clusters[0].nodes[1].name", "second time", "'n-1'"),
    ),
    Edit(
        "GPUs contradict",
        "pods: 64",
        "pods: 64, nvidia.com/gpu: 2",
        ("instance_types[0].allocatable.nvidia.com/gpu", "gpu.count", "1"),
    ),
    Edit(
        "too many free GPUs",
        "nvidia.com/gpu: 1}}",
        "nvidia.com/gpu: 3}}",
        ("clusters[0].nodes[0].free.nvidia.com/gpu", "must not exceed the 1"),
    ),
    Edit("no GPU memory", "memory: 24Gi", "memory: 0", ("gpu.memory", "above zero")),
    Edit(
        "more usable than there is",
        "memory: 24Gi",
        "memory: 24Gi, usable_memory: 25Gi",
        ("gpu.usable_memory", "must not exceed", "24Gi"),
    ),
    Edit(
        "minimum above maximum",
        "max_nodes: 10",
        "min_nodes: 11, max_nodes: 10",
        ("clusters[0].node_pools[0].max_nodes", "min_nodes", "11"),
    ),
    Edit(
        "a node without a price",
        "{region: hz, instance_type: a10, price: 1.4",
        "{region: bj, instance_type: a10, price: 1.4",
        ("clusters[0].nodes[0].price", "has no price", "hz"),
    ),
    Edit(
        "a list as mapping",
        "gpu: {model: A10, count: 1, memory: 24Gi}",
        "gpu: [A10]",
        ("instance_types[0].gpu", "must be a mapping"),
    ),
    Edit(
        "a string as list", "zones: [hz-a]", "zones: hz-a", ("clusters[0].zones", "must be a list")
    ),
    Edit(
        "a list as quantities", "free: {cpu: 4, nvidia.com/gpu: 1}", "free: [4]", ("nodes[0].free",)
    ),
    Edit(
        "a toleration without key",
        _REQUESTS,
        f"{_REQUESTS}    tolerations: [{{operator: Equal}}]\n",
        ("workloads[0].tolerations[0]", "needs a key"),
    ),
    Edit(
        "no capacity type",
        _REQUESTS,
        f"{_REQUESTS}    capacity_types: []\n",
        ("workloads[0].capacity_types", "at least one"),
    ),
    Edit(
        "a share above one",
        _REQUESTS,
        f"{_REQUESTS}    serving: {{gpu_memory_utilization: 1.5}}\n",
        ("workloads[0].serving.gpu_memory_utilization", "1.5"),
    ),
    Edit(
        "GPUs and degree contradict",
        _REQUESTS,
        f"{_REQUESTS}    model: Qwen/Qwen3-8B\n    serving: {{tensor_parallel: 2}}\n",
        ("workloads[0].requests.nvidia.com/gpu", "tensor_parallel", "2"),
    ),
    Edit(
        "a budget is of no workload",
        _WORKLOADS,
        "budgets: [{name: b, match: {workloads: [nobody]}, max_cost_per_hour: 1}]\n"
        f"{_WORKLOADS}",
        ("budgets[0].match.workloads", "names no workload of the problem"),
    ),
)
