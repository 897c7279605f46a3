"""`ganzoo play`: a page on this machine that draws with a trained generator."""
