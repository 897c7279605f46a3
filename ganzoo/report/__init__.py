"""What people look at: grids of samples, the GIF of a training, its curves."""

from typing import TYPE_CHECKING

from ganzoo._lazy import lazy_exports

if TYPE_CHECKING:
    from ganzoo.report.curves import draw_curves as draw_curves
    from ganzoo.report.gif import write_gif as write_gif
    from ganzoo.report.grid import write_grid as write_grid

__getattr__ = lazy_exports(__name__, {"curves": ("draw_curves",), "gif": ("write_gif",), "grid": ("write_grid",)})
