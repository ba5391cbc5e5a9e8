"""Debian's Chromium, headless, for tests and screenshots.

In: nothing. Out: `Browser`s that see nothing but this machine; `unavailable()` says why there is none.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from inbox_office import PASSWORD
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 15.0  # seconds; a busy machine is slow, never wrong
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
)


def unavailable() -> str:
    """Why there is no browser here; "" when there is one."""
    missing = [program for program in ("chromium", "chromedriver") if not shutil.which(program)]
    return f"no {' and no '.join(missing)} here (make servers installs them on Debian)" if missing else ""


class Browser:
    """One browser of one person."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def go(self, path: str) -> None:
        self.driver.get(self.address + path)

    def sign_in(self, name: str) -> None:
        self.go("/inbox/sign-in")
        self.one("[name=email]").send_keys(f"{name}@brightwater.example")
        self.one("[name=password]").send_keys(PASSWORD)
        self.one("main .primary").click()
        self.until(lambda: "/inbox/v/" in self.driver.current_url)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        self.until(lambda: self.all(selector))
        return self.all(selector)[0]

    def click(self, selector: str) -> None:
        """Click what is there, also when the page is just taking that part anew."""
        self.until(lambda: self.one(selector).click() or True)

    def text(self, selector: str = "main") -> str:
        return " ".join(self.one(selector).text.split())

    def keys(self, *keys: str) -> None:
        """Type where the focus is."""
        for key in keys:
            held = key.startswith(Keys.CONTROL) and len(key) > 1
            actions = ActionChains(self.driver)
            actions = actions.key_down(Keys.CONTROL).send_keys(key[1:]).key_up(Keys.CONTROL) if held else actions.send_keys(key)
            actions.perform()

    def until(self, holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until something holds; an element that is just being replaced counts as not yet."""

        def look(_driver: object) -> Any:
            try:
                return holds()
            except Exception:  # noqa: BLE001 - whatever it is, it is not yet so
                return False

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(look)

    def sees(self, words: str, selector: str = "body", seconds: float = PATIENCE) -> None:
        """Wait until words are on the page."""
        self.until(lambda: words in " ".join(self.all(selector)[0].text.split()), seconds)

    def dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def violations(self) -> list[str]:
        """What axe-core finds that is serious or critical, on WCAG 2.0 to 2.2, A and AA."""
        if not self.driver.execute_script("return !!window.axe"):
            self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})"
            ".then((r) => done(r.violations.map((v) => [v.impact, v.id, v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160)"
            " + ' ' + (n.any[0]?.message ?? '')).join(' | ')])))"
        )
        return [f"{rule}: {where}" for impact, rule, where in found if impact in ("serious", "critical")]

    def requests(self) -> list[str]:
        """Every address the browser asked for since the last time, frames included."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
            if message["method"] == "Page.javascriptDialogOpening":
                found.append(f"dialog:{message['params']['message']}")
        return found

    def complaints(self) -> list[str]:
        """Errors of scripts on the page."""
        return [entry["message"] for entry in self.driver.get_log("browser") if "Uncaught" in entry["message"]]


@contextmanager
def browser(address: str, *, width: int = 1440, height: int = 900, script: bool = True, scale: float = 1.0) -> Iterator[Browser]:
    """A browser with an empty profile."""
    with TemporaryDirectory(prefix="inboxbot-browser-", ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = shutil.which("chromium") or ""
        for argument in (*_QUIET, f"--window-size={width},{height}", f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            yield Browser(driver, address)
        finally:
            driver.quit()
