"""What Alibaba Cloud's ACK One adds to Karmada's policies.

Its policies are Karmada's under another API group, with ``spec.autoScaling.ecsProvision``: whether
nodes that can be bought count as room.

Source: Alibaba Cloud documentation, "Inventory-aware scheduling" and "PropagationPolicy and
OverridePolicy" of ACK One (2025). No schema beyond that key is public; its siblings are left alone.
"""

from placement.adapters.wire import Wire

__all__ = ["POLICY_GROUP", "AutoScaling"]

POLICY_GROUP = "policy.one.alibabacloud.com"


class AutoScaling(Wire):
    """Whether inventory that is not running yet counts; None where the policy does not say."""

    ecs_provision: bool | None = None
