"""Gets a network's weights: from a file, from an earlier download, or from the network."""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
import tempfile
import urllib.request
import warnings
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from ganzoo.plugin import GanzooWarning, UsageError

TIMEOUT_S = 30.0
NOT_WEIGHTS = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
    struct.error,
)
"""What comes of reading another file as a network's weights: torch's reader of pickles stumbles over any byte."""


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

    def refused(self, path: str | None, reason: str) -> UsageError:
        """The error of a file that does not hold them. One that was downloaded is deleted: the next run tries again.

        Args:
            path: as `read` was given it.
            reason: what is wrong with it.
        """
        if path is None:
            try:
                self.kept.unlink(missing_ok=True)
                path = f"{self.kept}, which was downloaded and is deleted now"
            except OSError:
                path = f"{self.kept}, which was downloaded and should be deleted"
        return UsageError(f"{path}: not {self.name}: {reason}", hint=self.ways_out)

    @property
    def kept(self) -> Path:
        """Where a download is kept: where torch's own hub keeps them, so that a file that is there already is used."""
        import torch

        return Path(torch.hub.get_dir()) / "checkpoints" / self.url.rpartition("/")[2]

    def _downloaded(self) -> bytes:
        if self.kept.is_file() and self._is_whole(earlier := self.kept.read_bytes()):
            return earlier
        try:
            with urllib.request.urlopen(self.url, timeout=TIMEOUT_S) as response:
                content: bytes = response.read()
        except (OSError, HTTPException) as error:
            message = f"{self.name}, which {self.needed_by}, cannot be downloaded: {error}"
            raise UsageError(message, hint=self.ways_out) from error
        if not self._is_whole(content):
            raise UsageError(f"what was downloaded from {self.url} is not {self.name}", hint=self.ways_out)
        self._keep(content)
        return content

    def _is_whole(self, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest().startswith(self.digest)

    def _keep(self, content: bytes) -> None:
        """Write at once or not at all. A run can do without: the next one downloads them again."""
        try:
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            opened, name = tempfile.mkstemp(dir=self.kept.parent)
            part = Path(name)
            try:
                with os.fdopen(opened, "wb") as file:
                    file.write(content)
                part.replace(self.kept)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            message = f"{self.name} cannot be kept in {self.kept.parent}, and will be downloaded again: {error}"
            warnings.warn(message, GanzooWarning, stacklevel=2)
