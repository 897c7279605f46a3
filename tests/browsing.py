"""A page in a real browser: what its scripts say, what it asks of the network, what the console complains of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PHONE = {"width": 390, "height": 780, "deviceScaleFactor": 1, "mobile": True}
PATIENCE_S = 120
"""A busy machine may starve the browser for long; what never happens ends a test then."""


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless one that keeps a record of its console and its requests; skips the test where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("no chromium and chromedriver: on Debian, apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


class Seen:
    """A page that was opened."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(address)
        browser.set_script_timeout(PATIENCE_S)

    def wait_for_charts(self) -> Seen:
        """Until all charts are drawn, also those that one has to scroll to."""
        return self.wait_until("document.documentElement.dataset.charts === 'all'")

    def wait_until(self, condition: str) -> Seen:
        """Until a condition in the page's script holds."""
        script = f"const done = arguments[0]; const look = () => ({condition}) ? done() : setTimeout(look, 20); look();"
        self.browser.execute_async_script(script)
        return self

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.browser.execute_script(f"return {script}")

    def text(self) -> str:
        """All that can be read."""
        return str(self.browser.find_element("tag name", "body").text)

    def drawn(self) -> None:
        """Until what was asked for is on the screen."""
        self.browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def requests(self) -> set[str]:
        """Addresses that were asked for since it was opened or last asked."""
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return {url for url in asked if not url.startswith(("data:", "blob:"))}

    def complaints(self) -> list[str]:
        """Errors and warnings of the console since then."""
        return [
            entry["message"] for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")
        ]


def in_the_dark(browser: Any) -> None:
    """The page is asked for its dark colours."""
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})


def on_a_phone(browser: Any) -> None:
    """The page has a phone's width."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)


def as_before(browser: Any) -> None:
    """A desktop in the light."""
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
