"""Images from a folder, a zip or a data set, decoded once, cached, and served in batches."""

from typing import TYPE_CHECKING

from ganzoo._lazy import lazy_exports

if TYPE_CHECKING:
    from ganzoo.data.batches import Batches as Batches
    from ganzoo.data.cache import cache_root as cache_root
    from ganzoo.data.contents import Skipped as Skipped
    from ganzoo.data.store import ImageStore as ImageStore
    from ganzoo.data.store import load_images as load_images

__getattr__ = lazy_exports(
    __name__,
    {
        "batches": ("Batches",),
        "cache": ("cache_root",),
        "contents": ("Skipped",),
        "store": ("ImageStore", "load_images"),
    },
)
