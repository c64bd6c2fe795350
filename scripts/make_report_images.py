"""Draw docs/images/report_*.png: the report of a run in Chromium.

spicegen demo -o runs/demo && python scripts/make_report_images.py runs/demo
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import spicegen as sg

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIGNALS = ["lstm.c2", "lstm.c_next2", "lstm.h2", "lstm.h_next2"]
VIEWPORT = {"width": 1200, "height": 1000}
COLOURS = 64


def main(directory: str) -> None:
    """Both pictures, of the page of a finished run of the EEG network."""
    address = sg.open_run(directory).report().absolute().as_uri()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme, name in (("light", "report_run"), ("dark", "report_waves")):
            page = browser.new_page(viewport=VIEWPORT, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(address)
            page.evaluate("drawEverything()")
            if name == "report_waves":
                show_waves(page)
            page.wait_for_timeout(500)
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            few = taken.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
            few.save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


def show_waves(page: Page) -> None:
    """States of one unit over four steps, with both cursors set."""
    page.evaluate("names => waves.open(0, names)", SIGNALS)
    step_s = page.evaluate("waves.circuit.clock.step")
    page.evaluate(f"waves.view.set({592 * step_s}, {596 * step_s})")
    page.evaluate(f"waves.place({{ A: {593.05 * step_s}, B: {594.05 * step_s} }})")
    page.evaluate("document.getElementById('waveforms').scrollIntoView()")


if __name__ == "__main__":
    main(sys.argv[1])
