"""`ganzoo new`: a plugin package to begin with, complete and running as it is."""
