"""What the example fleet serves: ten models; the demand is made up."""

SPOT_TOO = ("on-demand", "reserved", "spot")
EU = {"label_selector": {"match_labels": {"jurisdiction": "eu"}}}
CHINA = {"label_selector": {"match_labels": {"jurisdiction": "cn"}}}
OUTSIDE_CHINA = {"exclude": ["ali-hangzhou", "ali-beijing"]}

WORKLOADS = (
    {
        "name": "rerank",
        "model": "Qwen/Qwen3-0.6B",
        "replicas": 12,
        "serving": {"max_model_len": 8192, "max_num_seqs": 16},
        "requests": {"cpu": 2, "memory": "6Gi"},
        "cluster_affinity": OUTSIDE_CHINA,
        "capacity_types": SPOT_TOO,
    },
    {
        "name": "classify",
        "model": "Qwen/Qwen3-4B",
        "replicas": 8,
        "serving": {"max_model_len": 8192, "max_num_seqs": 4},
        "requests": {"cpu": 2, "memory": "12Gi"},
        "capacity_types": SPOT_TOO,
    },
    {
        "name": "chat-small",
        "model": "Qwen/Qwen3-8B",
        "replicas": 10,
        "serving": {"max_model_len": 8192, "gpu_memory_utilization": 0.95},
        "requests": {"cpu": 4, "memory": "20Gi"},
    },
    {
        "name": "chat-china",
        "model": "Qwen/Qwen3-14B",
        "replicas": 6,
        "serving": {"max_model_len": 8192, "max_num_seqs": 2},
        "requests": {"cpu": 6, "memory": "32Gi"},
        "cluster_affinity": CHINA,
    },
    {
        "name": "tools",
        "model": "openai/gpt-oss-20b",
        "replicas": 6,
        "serving": {"max_model_len": 16384, "max_num_seqs": 8},
        "requests": {"cpu": 4, "memory": "24Gi"},
        "cluster_affinity": OUTSIDE_CHINA,
    },
    {
        "name": "summarise-eu",
        "model": "google/gemma-3-27b-it",
        "replicas": 4,
        "serving": {"max_model_len": 32768, "max_num_seqs": 2},
        "requests": {"cpu": 8, "memory": "64Gi"},
        "cluster_affinity": EU,
    },
    {
        "name": "code",
        "model": "Qwen/Qwen3-30B-A3B",
        "replicas": 5,
        "serving": {"max_model_len": 32768, "max_num_seqs": 4},
        "requests": {"cpu": 8, "memory": "64Gi"},
    },
    {
        "name": "batch-eval",
        "model": "Qwen/Qwen3-32B",
        "replicas": 4,
        "serving": {"max_model_len": 16384, "max_num_seqs": 8},
        "requests": {"cpu": 8, "memory": "80Gi"},
        "capacity_types": ["spot"],
        "priority": -10,
    },
    {
        "name": "chat-large",
        "model": "meta-llama/Llama-3.3-70B-Instruct",
        "replicas": 4,
        "serving": {"max_model_len": 32768, "max_num_seqs": 4},
        "requests": {"cpu": 12, "memory": "160Gi"},
        "cluster_affinity": OUTSIDE_CHINA,
        "priority": 10,
    },
    {
        "name": "reason",
        "model": "Qwen/Qwen3-235B-A22B",
        "replicas": 2,
        "serving": {"max_model_len": 32768, "max_num_seqs": 4},
        "requests": {"cpu": 32, "memory": "500Gi"},
        "priority": 10,
    },
)
"""Largest last; every name is one of the built-in table of models."""
