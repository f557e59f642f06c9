"""A real headless Chromium, for the tests of pages."""

import base64
import shutil
import time
from contextlib import contextmanager

import pytest

#: A desktop's width, and a phone's.
DESKTOP, PHONE = 1280, 390


@contextmanager
def browser(profile):
    """Chromium with a new profile in the folder `profile`; skips where it isn't installed.

    Debian's packages are ``chromium`` and ``chromium-driver``.
    """
    selenium = pytest.importorskip("selenium", reason="selenium is not installed")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium.webdriver.chrome.service import Service

    options = selenium.webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    session = selenium.webdriver.Chrome(options=options, service=Service(driver))
    try:
        session.get("about:blank")  # leave the new tab, which asks for parts of its own
        yield session
    finally:
        session.quit()


def show(session, path, width):
    """Open a file as a screen of this width has it."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    session.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    session.get(path.resolve().as_uri())


def console(session, *, seconds=10.0):
    """All that the console has said: the log comes late, so up to a line of our own."""
    end, said, until = "end of the log", [], time.monotonic() + seconds
    session.execute_script(f"console.error('{end}')")
    while time.monotonic() < until:
        said += [line["message"] for line in session.get_log("browser")]
        if said and end in said[-1]:
            return said[:-1]
        time.sleep(0.02)
    raise AssertionError(f"the console didn't come to its end: {said}")


def screenshot(session, path):
    """Keep the whole page as a picture."""
    found = session.execute_cdp_cmd(
        "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True}
    )
    path.write_bytes(base64.b64decode(found["data"]))
