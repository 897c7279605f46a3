"""How an exported file is used: the scripts on its card, which the tests run."""

from __future__ import annotations

from ganzoo.exporting.folder import Facts

SCRIPT_OF_FORMAT = {
    "torch-export": """Without ganzoo, with PyTorch {torch} or newer:

```python
import torch
from PIL import Image

generator = torch.export.load("generator.pt2").module()
latents = torch.randn(16, {latent_dim})
images = generator(latents{labels})  # [16, {channels}, {size}, {size}] in [-1, 1]
pixels = ((images + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1)
for index, image in enumerate(pixels.numpy()):
    Image.fromarray(image.squeeze()).save(f"sample-{{index}}.png")
```""",
    "onnx": """With onnxruntime:

```python
import numpy as np
import onnxruntime

generator = onnxruntime.InferenceSession("generator.onnx")
latents = np.random.default_rng(0).standard_normal((16, {latent_dim}), dtype=np.float32)
[images] = generator.run(None, {{"latents": latents{onnx_labels}}})  # [16, {channels}, {size}, {size}] in [-1, 1]
```""",
    "safetensors": """With ganzoo:

```python
import ganzoo
import torch

generator = ganzoo.load_generator(".")  # this folder
images = generator(torch.randn(16, generator.latent_dim){labels})  # [16, {channels}, {size}, {size}]
```

`ganzoo sample`, `interpolate`, `project` and `directions` take this folder in the place of a run.""",
}
"""By format."""


def usage(facts: Facts, form: str, torch_version: str) -> str:
    """How the file is loaded, as a script."""
    conditional = facts.classes is not None
    return SCRIPT_OF_FORMAT[form].format(
        latent_dim=facts.latent_dim,
        channels=facts.channels,
        size=facts.image_size,
        torch=".".join(torch_version.split(".")[:2]),
        labels=", torch.arange(16) % " + str(len(facts.classes or ())) if conditional else "",
        onnx_labels=', "labels": np.arange(16) % ' + str(len(facts.classes or ())) if conditional else "",
    )
