"""What the generated fleets are made of: real regions, instance types and models.

Types, offers and prices are those of ``benchmarks/data/catalog``; models those of the built-in
table. Each list is ordered so that its beginning is a fair mix of its own: a small fleet takes the
first entries.
"""

__all__ = ["JURISDICTIONS", "MODELS", "REGIONS", "STOCK", "TYPES"]

REGIONS = (
    ("aws", "us-east-1", "us"),
    ("gcp", "us-central1", "us"),
    ("alibaba", "cn-hangzhou", "cn"),
    ("aws", "eu-central-1", "eu"),
    ("azure", "eastus", "us"),
    ("nebius", "eu-north1", "eu"),
    ("aws", "us-west-2", "us"),
    ("gcp", "europe-west4", "eu"),
    ("alibaba", "cn-beijing", "cn"),
    ("azure", "westeurope", "eu"),
    ("gcp", "asia-southeast1", "asia"),
    ("aws", "ap-northeast-1", "asia"),
)
"""Provider, region and jurisdiction. No region's name belongs to two of these providers."""

JURISDICTIONS = tuple(sorted({jurisdiction for *_, jurisdiction in REGIONS}))

TYPES = (
    "g6.2xlarge",
    "g2-standard-8",
    "ecs.gn7i-c16g1.4xlarge",
    "g6e.12xlarge",
    "a2-ultragpu-2g",
    "ecs.gn7e-c16g1.4xlarge",
    "p5.48xlarge",
    "a3-highgpu-8g",
    "ecs.gn7i-2x.8xlarge",
    "g5.xlarge",
    "Standard_NC24ads_A100_v4",
    "Standard_NC96ads_A100_v4",
    "gpu-l40s-a_1gpu-16vcpu-64gb",
    "gpu-h200-sxm_1gpu-16vcpu-200gb",
    "gpu-h200-sxm_8gpu-128vcpu-1600gb",
    "p4d.24xlarge",
    "g2-standard-24",
    "ecs.gn7e-c16g1.32xlarge",
    "g6e.xlarge",
    "Standard_NC64as_T4_v3",
    "Standard_ND96isr_H100_v5",
    "gpu-h100-sxm_8gpu-128vcpu-1600gb",
    "a2-highgpu-4g",
    "g4-standard-48",
    "g5.12xlarge",
    "p5en.48xlarge",
    "ecs.gn7i-4x.16xlarge",
    "a3-highgpu-2g",
    "Standard_NC8as_T4_v3",
    "gpu-l40s-d_4gpu-128vcpu-768gb",
)
"""Instance types, from 16 GiB on one T4 to 8 x H200."""

STOCK = {1: 36, 2: 18, 4: 12, 8: 5, 16: 3}
"""**Made up**: mean stock of a type by its GPUs, in a region of ten workloads over three regions.
No provider publishes its stock."""

MODELS = (
    ("Qwen/Qwen3-0.6B", 6),
    ("meta-llama/Llama-3.2-3B", 5),
    ("Qwen/Qwen3-4B", 6),
    ("Qwen/Qwen2.5-7B-Instruct", 8),
    ("meta-llama/Llama-3.1-8B-Instruct", 9),
    ("Qwen/Qwen3-8B", 9),
    ("google/gemma-3-12b-it", 5),
    ("Qwen/Qwen3-14B", 7),
    ("openai/gpt-oss-20b", 6),
    ("mistralai/Mistral-Small-3.1-24B-Instruct-2503", 4),
    ("google/gemma-3-27b-it", 4),
    ("Qwen/Qwen3-30B-A3B", 6),
    ("Qwen/Qwen3-32B", 6),
    ("mistralai/Mixtral-8x7B-Instruct-v0.1", 3),
    ("meta-llama/Llama-3.3-70B-Instruct", 6),
    ("Qwen/Qwen2.5-72B-Instruct", 3),
    ("openai/gpt-oss-120b", 4),
    ("mistralai/Mixtral-8x22B-v0.1", 1),
    ("Qwen/Qwen3-235B-A22B", 2),
)
"""Models of the built-in table, and how often each is drawn (made up): small ones more often."""
