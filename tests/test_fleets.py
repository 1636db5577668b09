"""Generated fleets: the same every time, and each kind with the property that it is named after."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from placement import Problem, place
from placement.adapters.catalogs import Catalog, read_catalog
from placement.candidates import find_candidates
from placement.solvers.greedy import BASELINES

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
KINDS = ("gpu", "mixed", "identical", "scarce", "giant", "islands", "fragmented", "rules")
NUMBERS = {"workloads": 60, "clusters": 15, "types": 20, "regions": 5}


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def catalog(importable: None) -> Catalog:
    from generator import CATALOG

    return read_catalog(CATALOG)


def fleet(kind: str = "gpu", seed: int = 0, tightness: float = 1.0, **numbers: int) -> Problem:
    from fleets import FleetSize, problem

    return problem(FleetSize(**{**NUMBERS, **numbers}), kind, seed, tightness)


def small(kind: str, seed: int = 0) -> Problem:
    from fleets import SIZES, problem

    return problem(SIZES["S"], kind, seed)


def written(problem: Problem) -> str:
    return problem.model_dump_json(exclude_defaults=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_fleet_and_another_seed_another(kind: str) -> None:
    assert written(small(kind, 3)) == written(small(kind, 3))
    assert written(small(kind, 3)) != written(small(kind, 4))


def test_fleets_do_not_depend_on_the_order_of_sets() -> None:
    code = "from fleets import *; from fleet_kinds import KINDS\n"
    code += "for kind in KINDS: print(problem(SIZES['S'], kind, 1).model_dump_json())"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join([str(BENCHMARKS), str(BENCHMARKS.parent)]),
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0].count(b"\n") == len(KINDS)
    assert texts[0] == texts[1]


def test_the_published_instances_are_what_they_were() -> None:
    from generator import SIZES, document

    seen = {
        name: hashlib.sha256(json.dumps(document(size)).encode()).hexdigest()[:12]
        for name, size in SIZES.items()
    }
    assert seen == {"10x5": "9c7aa5d0b499", "50x20": "a17c75ffa220", "200x50": "90423f3ddf4c"}


@pytest.mark.parametrize("kind", KINDS)
def test_fleets_have_the_size_asked_for_and_every_cluster_can_grow(kind: str) -> None:
    found = fleet(kind)
    assert len(found.workloads) == len({workload.key for workload in found.workloads}) == 60
    assert len(found.clusters) == 15
    assert len(found.instance_types) == 20
    assert all(cluster.node_pools for cluster in found.clusters)


def test_sizes_that_the_catalog_cannot_fill_are_refused() -> None:
    with pytest.raises(ValueError, match="types must be from 1 to"):
        fleet(types=1000)
    with pytest.raises(ValueError, match="regions must be from 1 to"):
        fleet(clusters=1000, regions=1000)
    with pytest.raises(ValueError, match="no fewer clusters than regions"):
        fleet(clusters=2)
    with pytest.raises(ValueError, match="reach must be from 1"):
        fleet(reach=0)
    with pytest.raises(ValueError, match="tightness must be above 0"):
        fleet(tightness=0.0)


def test_prices_and_providers_are_the_catalogs(catalog: Catalog) -> None:
    real = {
        (row.region, row.zone, row.instance_type, row.capacity_type): row.price
        for row in catalog.offerings()
    }
    found = fleet()
    assert len(found.offerings) > 30
    provider = {cluster.region: cluster.provider for cluster in found.clusters}
    for row in found.offerings:
        assert row.price == real[row.region, row.zone, row.instance_type, row.capacity_type]
        assert catalog.rows[row.instance_type].provider == provider[row.region]


def test_regions_are_those_with_most_offers_of_each_provider_in_turn(catalog: Catalog) -> None:
    from catalog_choice import choose_regions

    chosen = choose_regions(catalog, 50)
    names = [region for _, region, _ in chosen]
    assert len(set(names)) == 50
    assert len({provider for provider, *_ in chosen[:6]}) == len(catalog.providers) == 6
    offers = Counter(
        (catalog.rows[row.instance_type].provider, row.region) for row in catalog.offerings()
    )
    for provider in catalog.providers:
        mine = [offers[provider, region] for one, region, _ in chosen if one == provider]
        assert mine == sorted(mine, reverse=True)
        others = [
            n for (one, region), n in offers.items() if one == provider and region not in names
        ]
        assert max(others, default=0) <= mine[-1]


def test_every_region_of_the_catalog_is_somewhere(catalog: Catalog) -> None:
    from catalog_choice import area_of

    areas = {region: area_of(region) for region in catalog.regions}
    assert areas["us-gov-west-1"] == areas["canadacentral"] == areas["eastus2"] == "americas"
    assert areas["cn-hangzhou"] == "china"
    assert areas["australiaeast"] == areas["ap-south-1"] == "apac"
    assert areas["uksouth"] == areas["me-central2"] == areas["eu-north1"] == "emea"
    with pytest.raises(ValueError, match="cannot tell where atlantis is"):
        area_of("atlantis")


def test_types_are_a_fair_mix_of_cards_and_counts(catalog: Catalog) -> None:
    from catalog_choice import choose_regions, choose_types

    regions = choose_regions(catalog, 50)
    names = choose_types(catalog, regions, 100)
    assert len(set(names)) == 100
    every = choose_types(catalog, regions, len(names) + 40)
    assert every[:100] == names
    groups = {
        kind.name: (kind.gpu.model, kind.gpu.memory >> 30, kind.gpu.count)
        for kind in catalog.types()
        if kind.gpu
    }
    taken = Counter(groups[name] for name in names)
    left = {groups[name] for name in every[100:]}
    assert max(taken.values()) <= min(taken[group] for group in left) + 1
    assert len({model for model, *_ in taken}) >= 15
    assert {count for *_, count in taken} >= {1, 2, 4, 8}


def test_tightness_divides_the_stock() -> None:
    loose, tight = fleet(), fleet(tightness=4.0)
    stocks = [sum(int(str(row.stock or 0)) for row in one.offerings) for one in (loose, tight)]
    assert stocks[0] == pytest.approx(4 * stocks[1], rel=0.05)


def test_teams_have_so_many_clusters_and_all_of_them_between_them() -> None:
    found = fleet(reach=5)
    teams = {workload.cluster_affinity.cluster_names for workload in found.workloads}
    assert all(4 <= len(names) <= 6 for names in teams)
    assert {name for names in teams for name in names} == {c.name for c in found.clusters}
    assert len(teams) == 6  # 2 x 15 clusters, 5 each
    possible = find_candidates(found)
    assert len(set(possible.workload.tolist())) > 50
    for workload, supply in zip(possible.workload, possible.supply, strict=True):
        wanted = found.workloads[workload].cluster_affinity.cluster_names
        assert possible.supplies[supply].cluster.name in wanted


def test_identical_workloads_of_teams_are_of_many() -> None:
    found = fleet("identical", reach=5)
    assert len({w.cluster_affinity.cluster_names for w in found.workloads}) == 6


def bound_elsewhere(problem: Problem) -> tuple[float, float]:
    """Return, of possible pairs that GPUs let share a node, how many CPU or memory keeps fewer.

    And what of the scarcer of the two is then left on a node, in the median.
    """
    found = find_candidates(problem)
    gpu = found.resources.index("nvidia.com/gpu")
    others = [found.resources.index(name) for name in ("cpu", "memory")]
    room = found.room[found.supply]
    by_gpu = room[:, gpu] // found.requests[:, gpu]
    fit = (room[:, others] // found.requests[:, others]).min(axis=1)
    shared = by_gpu >= 2
    short = shared & (fit < by_gpu)
    share = (found.requests[:, others] / room[:, others]).max(axis=1)
    left = np.append((1 - fit * share)[short], 0.0)
    return float(short.sum() / shared.sum()), float(np.median(left))


def test_gpus_bind_the_one_and_cpu_or_memory_the_mixed() -> None:
    assert bound_elsewhere(fleet("gpu"))[0] < 0.1
    short, left = bound_elsewhere(fleet("mixed"))
    assert short > 0.5
    assert left > 0.05


@pytest.mark.parametrize(("workloads", "shapes"), [(10, 2), (60, 12), (400, 36)])
def test_identical_workloads_have_few_shapes(workloads: int, shapes: int) -> None:
    found = fleet("identical", workloads=workloads)
    bare = Counter(written_shape(workload.model_dump()) for workload in found.workloads)
    assert len(bare) == shapes
    assert len({workload.key for workload in found.workloads}) == workloads


def written_shape(workload: dict[str, object]) -> str:
    return json.dumps({**workload, "name": ""}, default=str)


@pytest.mark.parametrize("seed", range(5))
def test_a_scarce_fleet_cannot_place_all_that_a_usual_one_places(seed: int) -> None:
    plan = place(small("scarce", seed))
    assert plan.status == "optimal"
    assert plan.replicas_placed > 0
    assert plan.replicas_unplaced > BASELINES["cheapest"](small("gpu", seed)).replicas_unplaced


@pytest.mark.parametrize("seed", range(3))
def test_a_scarce_fleet_has_fewer_gpus_than_its_replicas_need_at_the_least(seed: int) -> None:
    found = fleet("scarce", seed)
    possible = find_candidates(found)
    demand = 0
    for number, workload in enumerate(found.workloads):
        gpus = possible.gpus[possible.workload == number]
        demand += int(gpus.min()) * workload.most_replicas if gpus.size else 0
    counts = {kind.name: kind.gpu.count for kind in found.instance_types if kind.gpu}
    supply = sum(counts[row.instance_type] * int(str(row.stock or 0)) for row in found.offerings)
    supply += sum(
        node.free["nvidia.com/gpu"] for cluster in found.clusters for node in cluster.nodes
    )
    assert 0.5 * demand < supply < demand


@pytest.mark.parametrize("seed", range(3))
def test_one_region_is_a_giant(seed: int) -> None:
    found = fleet("giant", seed)
    counts = {kind.name: kind.gpu.count for kind in found.instance_types if kind.gpu}
    clusters = Counter(cluster.region for cluster in found.clusters)
    (giant, most), *_ = clusters.most_common()
    assert most == 12
    stock: Counter[str] = Counter()
    for row in found.offerings:
        stock[row.region] += counts[row.instance_type] * int(str(row.stock or 0))
    assert stock[giant] / stock.total() == pytest.approx(0.8, abs=0.02)
    assert len(clusters) > 1


def test_islands_share_nothing() -> None:
    found = fleet("islands")
    candidates = find_candidates(found)
    graph = nx.Graph()
    for workload, supply in zip(candidates.workload, candidates.supply, strict=True):
        cluster = candidates.supplies[supply].cluster
        graph.add_edge(f"workload {workload}", f"cluster {cluster.name}")
        graph.add_edge(f"cluster {cluster.name}", f"region {cluster.region}")  # stock and quotas
    parts = list(nx.connected_components(graph))
    assert len(parts) == 5
    for part in parts:
        assert sum(name.startswith("region") for name in part) == 1
        assert sum(name.startswith("workload") for name in part) >= 2
    assert len(set(candidates.workload.tolist())) == 60


def test_fragments_are_in_many_states_and_stay() -> None:
    found = fleet("fragmented")
    kinds = {kind.name: kind for kind in found.instance_types}
    nodes = [(cluster, node) for cluster in found.clusters for node in cluster.nodes]
    assert len(nodes) == 300
    states = set()
    for cluster, node in nodes:
        pool = next(pool for pool in cluster.node_pools if pool.name == node.node_pool)
        whole = kinds[pool.instance_type].capacity
        assert all(0 < free <= whole[name] for name, free in node.free.items())
        assert node.free["cpu"] < whole["cpu"]
        assert not node.releasable
        states.add((pool.instance_type, tuple(node.free.values())))
    assert len(states) == 300
    plan = BASELINES["cheapest"](found)
    used = [node for node in plan.nodes if node.state == "existing" and node.replicas]
    assert len(used) > 20
    assert any(node.state == "new" for node in plan.nodes)


def test_every_rule_is_in_use() -> None:
    found = fleet("rules")
    fields = (
        "spread survive min_replicas colocate_with separate_from load users preferences "
        "max_spot_fraction move_cost current"
    )
    for name in fields.split():
        assert any(getattr(workload, name) for workload in found.workloads), name
    assert any(workload.nodes_per_replica > 1 for workload in found.workloads)
    assert found.budgets
    assert found.limits
    assert found.objective.max_moves
    assert found.objective.spot_interruption_cost
    assert found.network is not None
