"""Pages in a browser, and what they complained about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Opened:
    """A page in the browser.

    Attributes:
        page: of playwright.
        complaints: warnings and errors of the console, and what was thrown.
        requests: addresses that the page asked for, its own included.
    """

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def until(self, condition: str) -> None:
        """Wait for a condition in the page's own words; its policy forbids what playwright does."""
        for _ in range(100):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the page never came to {condition}")

    def draw_everything(self) -> None:
        """Draw what lies outside the window as well."""
        self.page.evaluate("window.drawEverything()")


Open = Callable[..., Opened]
