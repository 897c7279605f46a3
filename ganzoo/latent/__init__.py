"""The space a generator draws from: walks in it, its middle, the way back from an image, what its directions do.

Pure functions of tensors and of a `Generator`, through `embed` and `synthesise` alone: they work on any architecture.
"""
