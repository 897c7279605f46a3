"""Gets torch-fidelity's Inception weights: from a file, from an earlier download, or from the network."""

from __future__ import annotations

import hashlib
import tempfile
import urllib.request
from http.client import HTTPException
from pathlib import Path

from ganzoo.plugin import UsageError

URL = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
DIGEST = "6726825d"
"""How the sha256 of that file begins; it is part of its name."""
TIMEOUT_S = 30.0

WAYS_OUT = f"""\
connect once, so that the weights can be downloaded (91 MB; they are kept for later runs)
or download {URL} elsewhere and say where it is: `--set evaluation.features.inception-v3.weights=PATH`
or use the metric `fd`, whose backbone is installed with ganzoo"""


def read_weights(path: str | None) -> bytes:
    """The content of the weights file.

    Args:
        path: the file; None: the one that was downloaded before, else a download.

    Raises:
        UsageError: it cannot be read or downloaded; the hint names the ways out.
    """
    if path is not None:
        try:
            return Path(path).expanduser().read_bytes()
        except OSError as error:
            raise UsageError(f"Inception's weights {path} cannot be read: {error}", hint=WAYS_OUT) from error
    return _downloaded()


def _downloaded() -> bytes:
    import torch

    # Where torch-fidelity itself would keep them: a file that is there already is used.
    kept = Path(torch.hub.get_dir()) / "checkpoints" / URL.rpartition("/")[2]
    if kept.is_file() and _is_whole(earlier := kept.read_bytes()):
        return earlier
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT_S) as response:
            content: bytes = response.read()
    except (OSError, HTTPException) as error:
        message = f"Inception's weights, which `fid` needs, cannot be downloaded: {error}"
        raise UsageError(message, hint=WAYS_OUT) from error
    if not _is_whole(content):
        raise UsageError(f"what was downloaded from {URL} is not Inception's weights", hint=WAYS_OUT)
    _keep(kept, content)
    return content


def _is_whole(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest().startswith(DIGEST)


def _keep(path: Path, content: bytes) -> None:
    """Write at once or not at all, so that a run that is killed here leaves no half file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(content)
        Path(part.name).replace(path)
    except OSError as error:
        raise UsageError(f"Inception's weights cannot be kept in {path.parent}: {error}", hint=WAYS_OUT) from error
