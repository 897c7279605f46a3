"""Where torch-fidelity's Inception weights are had."""

from __future__ import annotations

from ganzoo_metrics.weights_file import WeightsFile

URL = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
DIGEST = "6726825d"
"""How the sha256 of that file begins; it is part of its name."""

WAYS_OUT = f"""\
connect once, so that the weights can be downloaded (91 MB; they are kept for later runs)
or download {URL} elsewhere and say where it is: `--set evaluation.features.inception-v3.weights=PATH`
or use the metric `fd` or `kd`, whose backbone is installed with ganzoo"""


def read_weights(path: str | None) -> bytes:
    """The content of the weights file.

    Args:
        path: the file; None: the one that was downloaded before, else a download.

    Raises:
        UsageError: it cannot be read or downloaded; the hint names the ways out.
    """
    needed_by = "`fid`, `kid` and `inception-score` need"
    return WeightsFile("Inception's weights", needed_by, URL, DIGEST, WAYS_OUT).read(path)
