"""The path of a newcomer, from a fresh clone: docs/start.md, then an ONNX network, timed.

python scripts/newcomer.py      # clones this checkout; needs what `make setup` needs

What the pages show is run as it stands there, hidden blocks left out, in the clone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = """
import sys
from pathlib import Path

sys.path.insert(0, "tests/docs")
from pages import blocks, run_blocks, section

name, heading = sys.argv[1:]
text = Path(name).read_text(encoding="utf-8")
shown = [each for each in blocks(section(text, heading) if heading else text) if not each.hidden]
assert shown
run_blocks(shown, Path.cwd(), name)
"""


def main() -> None:
    """Clone, set up, follow the pages; one line per step."""
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "spicegen"
        python = str(clone / ".venv/bin/python")
        steps = {
            "git clone": ["git", "clone", "--quiet", str(ROOT), str(clone)],
            "make setup": ["make", "--directory", str(clone), "setup"],
            "docs/start.md": [python, "-c", STEPS, "docs/start.md", ""],
            "own ONNX network": [python, "-c", STEPS, "docs/own-network.md", "Any ONNX file"],
        }
        started = time.perf_counter()
        for name, command in steps.items():
            before = time.perf_counter()
            folder = clone if clone.is_dir() else Path(scratch)
            done = subprocess.run(  # noqa: S603 - the commands above
                command, cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                sys.exit(f"{name}:\n{done.stdout}\n{done.stderr}")
            print(f"{name:20} {time.perf_counter() - before:6.1f} s", flush=True)
        print(f"{'all':20} {time.perf_counter() - started:6.1f} s")


if __name__ == "__main__":
    main()
