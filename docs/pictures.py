"""Pictures of a page for the documentation, taken by headless chromium.

    python docs/pictures.py runs/demo/report.html docs/images/report.png --width 1200 --height 900

Needs selenium, chromium and chromedriver. `docs/images/README.md` has the commands of every picture.
"""

from __future__ import annotations

import argparse
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_S = 120
DRAWN = """return !document.querySelector('[aria-busy="true"]') &&
    (!document.getElementById('chart-data') || document.documentElement.dataset.charts === 'all')"""


# Pictures below the screen load when they are scrolled to, and move what is below them.
LOAD_ALL = """
const [done] = arguments, all = [...document.images];
all.forEach((image) => { image.loading = "eager"; });
Promise.allSettled(all.map((image) => image.decode())).then(done);
"""
GO_TO = "document.querySelector(arguments[0]).scrollIntoView({ behavior: 'instant' }); scrollBy(0, -14)"


def picture(page: str, width: int, height: int, start: str, dark: bool) -> Image.Image:
    """What a window of this size shows of a page once it has drawn what it draws.

    Args:
        page: a path, or an address.
        width: in pixels.
        height: likewise.
        start: CSS selector of the element that stands at the top.
        dark: in the page's dark colours.

    Raises:
        FileNotFoundError: no such page.
    """
    address = page if "://" in page else Path(page).resolve(strict=True).as_uri()
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver") or ""))
    try:
        # A window cannot be as narrow as a phone; what it pretends to be can.
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        colours = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": colours})
        browser.set_script_timeout(PATIENCE_S)
        browser.get(address)
        WebDriverWait(browser, PATIENCE_S).until(lambda shown: shown.execute_script(DRAWN))
        browser.execute_async_script(LOAD_ALL)
        browser.execute_script(GO_TO, start)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        return Image.open(BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    finally:
        browser.quit()


def main() -> None:
    """Take one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", help="a path, or an address")
    parser.add_argument("out", type=Path, help="a PNG")
    parser.add_argument("--width", type=int, default=1200)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--start", default="body", help="CSS selector of what stands at the top")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--colours", type=int, default=0, help="in so many colours only: a smaller file; 0: all")
    wanted = parser.parse_args()
    image = picture(wanted.page, wanted.width, wanted.height, wanted.start, wanted.dark)
    if wanted.colours:
        image = image.quantize(wanted.colours, dither=Image.Dither.NONE)
    image.save(wanted.out, optimize=True)


if __name__ == "__main__":
    main()
