"""Residual blocks that several architectures are built of. A library: it is no plugin, and offers nothing by name."""
