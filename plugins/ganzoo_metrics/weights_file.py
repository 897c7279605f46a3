"""Gets a network's weights: from a file, from an earlier download, or from the network."""

from __future__ import annotations

import hashlib
import tempfile
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from ganzoo.plugin import UsageError

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of weights, and where it can be had.

    Attributes:
        name: whose they are, `Inception's weights`.
        needed_by: the parts that need them, with the verb: "`fid` needs".
        url: where they are downloaded from.
        digest: how the file's sha256 begins; "" where its author publishes none.
        ways_out: what a user without them can do, one a line.
    """

    name: str
    needed_by: str
    url: str
    digest: str
    ways_out: str

    def read(self, path: str | None) -> bytes:
        """The file's content.

        Args:
            path: the file; None: the one that was downloaded before, else a download.

        Raises:
            UsageError: it cannot be read or downloaded; the hint names the ways out.
        """
        if path is None:
            return self._downloaded()
        try:
            return Path(path).expanduser().read_bytes()
        except OSError as error:
            raise UsageError(f"{self.name} {path} cannot be read: {error}", hint=self.ways_out) from error

    def _downloaded(self) -> bytes:
        import torch

        # Where torch's own hub keeps them: a file that is there already is used.
        kept = Path(torch.hub.get_dir()) / "checkpoints" / self.url.rpartition("/")[2]
        if kept.is_file() and self._is_whole(earlier := kept.read_bytes()):
            return earlier
        try:
            with urllib.request.urlopen(self.url, timeout=TIMEOUT_S) as response:
                content: bytes = response.read()
        except (OSError, HTTPException) as error:
            message = f"{self.name}, which {self.needed_by}, cannot be downloaded: {error}"
            raise UsageError(message, hint=self.ways_out) from error
        if not self._is_whole(content):
            raise UsageError(f"what was downloaded from {self.url} is not {self.name}", hint=self.ways_out)
        self._keep(kept, content)
        return content

    def _is_whole(self, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest().startswith(self.digest)

    def _keep(self, path: Path, content: bytes) -> None:
        """Write at once or not at all, so that a run that is killed here leaves no half file."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(content)
            Path(part.name).replace(path)
        except OSError as error:
            raise UsageError(f"{self.name} cannot be kept in {path.parent}: {error}", hint=self.ways_out) from error
