"""The README's pictures, taken from the running app: python scripts/screenshots.py http://127.0.0.1:7860 [NAME ...]"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parents[1] / "assets" / "screenshots"
# file: address, width, scale, dark
PICTURES = {"explore": ("/", 1440, 1, False), "explore-dark": ("/", 1440, 1, True),
            "sweep": ("/?tab=sweep", 1440, 1, False),
            "inspect": ("/?tab=inspect&sample=ghost", 1440, 1, False), "learn": ("/?tab=learn#step-3", 1280, 1, False),
            "live": ("/?tab=learn#live", 1280, 1, False), "plan": ("/?tab=plan&frames=72", 1440, 1, False),
            "phone": ("/", 390, 2, False)}

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("BROWSER_PATH", "/usr/bin/chromium"), args=["--no-sandbox"])
    for name in sys.argv[2:] or PICTURES:
        address, width, scale, dark = PICTURES[name]
        context = browser.new_context(viewport={"width": width, "height": 844 if width < 700 else 1000},
                                      device_scale_factor=scale, locale="en")
        context.add_init_script(f"localStorage.setItem('vd-dark', '{int(dark)}')")
        page = context.new_page()
        page.goto(sys.argv[1] + address)
        page.wait_for_timeout(3000)
        if name == "learn":
            page.get_by_text("The first ones", exact=True).click()
        # What is drawn when it comes into view.
        page.evaluate("""async () => {
          for (let y = 0; y < document.body.scrollHeight; y += 500) {
            scrollTo(0, y);
            await new Promise((done) => setTimeout(done, 150));
          }
          if (!location.hash) scrollTo(0, 0);
          else document.querySelector(location.hash).scrollIntoView();
          document.activeElement.blur();
        }""")
        if name == "live":
            page.get_by_text("Computed on your machine").first.wait_for(timeout=120_000)
        page.wait_for_timeout(2000)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=name in ("explore", "explore-dark", "sweep", "inspect"))
        context.close()
