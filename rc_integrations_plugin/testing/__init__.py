"""What other projects test with: the conformance kit for chat servers.

It needs the extra `testing` (pytest).
"""

from rc_integrations_plugin.testing.conformance import CHECKS, HostConformance
from rc_integrations_plugin.testing.world import Feature, Unsupported, World

__all__ = ["CHECKS", "Feature", "HostConformance", "Unsupported", "World"]
