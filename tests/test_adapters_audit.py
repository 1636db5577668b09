"""Misspellings, mixtures and corners of manifests and policies that once went through unnoticed."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from placement.adapters import pipes
from placement.adapters.catalogs import read_catalog
from placement.adapters.problems import read_problem
from placement.adapters.shell import _commands
from placement.errors import AdapterError
from placement.problem import Workload
from tests.reading import FLEET, deployment, faults, loaded, policy

QWEN = "Qwen/Qwen3-8B"


def served(command: list[str], **container: object) -> Workload:
    """Return the workload of a Deployment whose one container runs ``command``."""
    one = {"name": "vllm", "image": "vllm/vllm-openai", "command": command, **container}
    text = json.dumps(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "chat"},
            "spec": {"template": {"spec": {"containers": [one]}}},
        }
    )
    (found,) = loaded(text).problem.workloads
    return found


@pytest.mark.parametrize(
    "command",
    [
        ["vllm", "serve", "--async-scheduling", QWEN],
        ["vllm", "serve", "-O3", QWEN],
        ["python3", "-m", "vllm.entrypoints.cli.main", "serve", QWEN],
        ["sh", "-c", f"vllm serve --seed $(date +%s | tail -c 4) {QWEN}"],
    ],
)
def test_the_model_is_found_behind_what_stands_before_it(command: list[str]) -> None:
    found = served(command).model
    assert found is not None
    assert found.name == QWEN


def test_an_abbreviation_that_only_one_flag_begins_with_is_read() -> None:
    found = served(["vllm", "serve", QWEN, "--gpu-memory-util", "0.85"])
    assert found.serving.gpu_memory_utilization == 0.85


@pytest.mark.parametrize(
    "sum_", ["$(nvidia-smi -L | wc -l)", "`nvidia-smi -L | wc -l`", "$((1+1))"]
)
def test_flags_after_a_substitution_are_read_and_its_value_is_not_known(sum_: str) -> None:
    script = f"vllm serve {QWEN} --tensor-parallel-size {sum_} --max-model-len 4096"
    found = served(["sh", "-c", script]).serving
    assert (found.tensor_parallel, found.max_model_len) == (None, 4096)


def test_substitutions_that_do_not_end_take_no_time() -> None:
    begun = time.perf_counter()
    list(_commands("$(" * 50_000 + "a" * 50_000))
    assert time.perf_counter() - begun < 5


def test_a_variable_may_name_those_before_it() -> None:
    env = [{"name": "ORG", "value": "Qwen"}, {"name": "MODEL", "value": "$(ORG)/Qwen3-8B"}]
    found = served(["sh", "-c", "vllm serve $MODEL"], env=env).model
    assert found is not None
    assert found.name == QWEN


@pytest.mark.parametrize("amount", ["0.5", "500m"])
def test_a_part_of_a_gpu_is_refused(amount: str) -> None:
    with pytest.raises(AdapterError, match=r"nvidia\.com/gpu: must be a whole number"):
        served(["sleep"], resources={"limits": {"nvidia.com/gpu": amount}})


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("apps/v1", "app/v1", "would have to be apps/v1"),
        ("kind: Deployment", "kind: Deploymnet", "did you mean kind Deployment?"),
    ],
)
def test_a_manifest_that_misses_being_read_by_a_misspelling_is_named(
    right: str, wrong: str, hint: str
) -> None:
    result = loaded(deployment().replace(right, wrong))
    assert not result.problem.workloads
    assert result.warnings[0].startswith("b.yaml: ")
    assert hint in result.warnings[0]


def test_kinds_of_others_are_only_counted() -> None:
    others = "".join(
        f"---\napiVersion: x/v1\nkind: {kind}\nmetadata: {{name: n}}\n"
        for kind in ("DeploymentConfig", "Cluster", "StorageClass", "Node", "ReplicationController")
    )
    (warning,) = loaded(others).warnings
    assert warning.startswith("not read, as they have no part in a placement: 1 Cluster")


@pytest.mark.parametrize(
    "pod",
    [
        "containers: [{name: a, ports: [{containerPort: 80, hostPort: 8080}]}]",
        "hostNetwork: true, containers: [{name: a, ports: [{containerPort: 8080}]}]",
    ],
)
def test_ports_of_the_node_are_warned_of(pod: str) -> None:
    assert any("(8080)" in warning for warning in loaded(deployment(pod)).warnings)


@pytest.mark.parametrize(
    ("placement", "rule"),
    [
        (
            "clusterAffinity: {clusterNames: [hz]}, "
            "clusterAffinities: [{affinityName: a, clusterNames: [bj]}]",
            "must have clusterAffinity or clusterAffinities, not both",
        ),
        ("spreadConstraints: [{spreadByField: rack}]", "must be one of"),
        (
            "spreadConstraints: [{spreadByField: cluster, minGroups: 3, maxGroups: 2}]",
            "maxGroups must not be below minGroups",
        ),
        (
            "spreadConstraints: [{spreadByField: cluster, spreadByLabel: x}]",
            "must have spreadByField or spreadByLabel, not both",
        ),
        (
            "clusterAffinity: {labelSelector: {matchExpressions: [{key: a, operator: In}]}}",
            "In and NotIn need values",
        ),
    ],
)
def test_placements_that_karmada_refuses_are_refused(placement: str, rule: str) -> None:
    assert rule in faults(deployment(), policy(placement))[0]


def test_clusters_without_a_static_weight_get_nothing() -> None:
    weighted = (
        "{replicaDivisionPreference: Weighted, weightPreference: "
        "{staticWeightList: [{targetCluster: {clusterNames: [hz]}, weight: 2}]}}"
    )
    text = policy().replace("{replicaDivisionPreference: Aggregated}", weighted)
    (found,) = loaded(deployment(), text).problem.workloads
    assert found.cluster_affinity.exclude == ("bj",)


def test_a_catalog_takes_one_name_for_a_list_and_no_negative_stock() -> None:
    catalog = read_catalog(Path(__file__).parent.parent / "benchmarks" / "data" / "catalog")
    (found,) = catalog.types(names="g6.2xlarge")
    assert found.name == "g6.2xlarge"
    key = ("cn-hangzhou", None, "ecs.gn7i-c8g1.2xlarge", "on-demand")
    with pytest.raises(AdapterError, match="must not be negative"):
        catalog.offerings(regions="cn-hangzhou", stock={key: -2})


def test_a_pipe_that_nobody_writes_into_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.05)
    os.mkfifo(tmp_path / "fleet.yaml")
    with pytest.raises(AdapterError, match="nobody writes into this pipe"):
        read_problem([tmp_path])


def test_a_pipe_is_read_to_its_end_however_slowly_it_is_written(tmp_path: Path) -> None:
    pipe = tmp_path / "fleet.yaml"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("w") as file:
            for half in (FLEET[:200], FLEET[200:]):
                time.sleep(0.05)
                file.write(half)
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    found = read_problem([pipe]).problem
    writer.join()
    assert [cluster.name for cluster in found.clusters] == ["hz", "bj"]
