"""Text of an item → claims, statements and events. Start with `read`."""

from monitor.core.claims.read import read

__all__ = ["read"]
