"""The clusters of the example fleet. Names, nodes and quotas are made up; types are real."""

POOLS = {
    "aws": {
        "l4": "g6.2xlarge",
        "l40s": "g6e.12xlarge",
        "a100": "p4d.24xlarge",
        "h100": "p5.48xlarge",
    },
    "gcp": {"l4": "g2-standard-8", "a100": "a2-ultragpu-2g", "h100": "a3-highgpu-8g"},
    "azure": {"a100": "Standard_NC24ads_A100_v4", "a100-4": "Standard_NC96ads_A100_v4"},
    "alibaba": {
        "a10": "ecs.gn7i-c16g1.4xlarge",
        "a10-2": "ecs.gn7i-2x.8xlarge",
        "a100": "ecs.gn7e-c16g1.32xlarge",
    },
    "nebius": {
        "l40s": "gpu-l40s-a_1gpu-16vcpu-64gb",
        "h200": "gpu-h200-sxm_1gpu-16vcpu-200gb",
        "h200-8": "gpu-h200-sxm_8gpu-128vcpu-1600gb",
    },
}
"""Instance types by provider and pool."""

ZONES = {
    "us-east-1": ("use1-az1", "use1-az2", "use1-az6"),
    "us-west-2": ("usw2-az1", "usw2-az2", "usw2-az3"),
    "eu-central-1": ("euc1-az2", "euc1-az3"),
}
"""AWS zone ids; elsewhere prices are regional, and the clusters state no zones."""

CLUSTERS = (
    ("aws-virginia", "aws", "us-east-1", "us", "l4 l4-spot l40s l40s-spot a100 h100 h100-spot"),
    ("aws-oregon", "aws", "us-west-2", "us", "l4 l40s l40s-spot h100 h100-spot"),
    ("aws-frankfurt", "aws", "eu-central-1", "eu", "l4 l4-spot l40s a100"),
    ("gcp-iowa", "gcp", "us-central1", "us", "l4 l4-spot a100 h100 h100-spot"),
    ("gcp-eemshaven", "gcp", "europe-west4", "eu", "l4 l4-spot a100 a100-spot"),
    ("azure-virginia", "azure", "eastus", "us", "a100 a100-4"),
    ("azure-amsterdam", "azure", "westeurope", "eu", "a100 a100-4"),
    ("ali-hangzhou", "alibaba", "cn-hangzhou", "cn", "a10 a10-2 a100"),
    ("ali-beijing", "alibaba", "cn-beijing", "cn", "a10 a10-2 a100"),
    ("ali-singapore", "alibaba", "ap-southeast-1", "sg", "a10"),
    ("nebius-finland", "nebius", "eu-north1", "eu", "l40s h200 h200-spot h200-8"),
)
"""Name, provider, region, jurisdiction and pools."""

NODES = {
    "aws-virginia": (
        {
            "name": "ip-10-0-1-17",
            "node_pool": "l40s",
            "zone": "use1-az1",
            "free": {"cpu": 40, "memory": "300Gi", "nvidia.com/gpu": 4, "pods": 100},
            "releasable": True,
        },
        {
            "name": "ip-10-0-2-40",
            "node_pool": "l40s",
            "zone": "use1-az2",
            "free": {"cpu": 20, "memory": "150Gi", "nvidia.com/gpu": 2, "pods": 90},
        },
    ),
    "gcp-iowa": tuple(
        {
            "name": f"gke-l4-{number}",
            "node_pool": "l4",
            "free": {"cpu": "7500m", "memory": "26Gi", "nvidia.com/gpu": 1, "pods": 100},
            "releasable": True,
        }
        for number in (1, 2, 3)
    ),
    "nebius-finland": (
        {
            "name": "h200-8-1",
            "node_pool": "h200-8",
            "free": {"cpu": 60, "memory": "700Gi", "nvidia.com/gpu": 4, "pods": 100},
        },
    ),
}
"""Nodes that run now and what is free on them, by cluster."""

QUOTAS = (
    {
        "name": "aws-virginia-p-on-demand",
        "region": "us-east-1",
        "instance_types": ["p4d.24xlarge", "p5.48xlarge"],
        "capacity_types": ["on-demand"],
        "resource": "vcpus",
        "limit": 384,
    },
    {
        "name": "aws-virginia-g-on-demand",
        "region": "us-east-1",
        "instance_types": ["g6.2xlarge", "g6e.12xlarge"],
        "capacity_types": ["on-demand"],
        "resource": "vcpus",
        "limit": 192,
    },
    {
        "name": "gcp-iowa-h100",
        "region": "us-central1",
        "instance_types": ["a3-highgpu-8g"],
        "resource": "nvidia.com/gpu",
        "limit": 8,
    },
    {
        "name": "azure-virginia-ncads-a100",
        "region": "eastus",
        "instance_types": ["Standard_NC24ads_A100_v4", "Standard_NC96ads_A100_v4"],
        "resource": "vcpus",
        "limit": 192,
    },
)
"""Limits as the providers count them: vCPUs of a family, or GPUs."""
