"""The directory of a training: which plan it belongs to."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import spicegen
from spicegen import rundir
from spicegen.batch.content import network_hash
from spicegen.batch.differences import refuse_other_plan
from spicegen.errors import InputError
from spicegen.network import load_network
from spicegen.training.plan import PerceptronPlan, Plan
from spicegen.training.store import PLAN, save_json

NOT_CONTENT = ("epochs", "runs")
"""Keys of a plan that may change in a directory: they only say how far it goes."""


def open_directory(plan: Plan, out: Path, force: bool) -> None:
    """Make the directory, or let the same plan go on in it.

    Raises:
        InputError: it belongs to another plan, or was not made by a training.
    """
    content = _content(plan)
    known = out / PLAN
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError(f"output {out}", "the name must be free or a directory")
    if out.is_dir() and any(out.iterdir()):
        if "spicegen" not in (rundir.read_json(out, PLAN) if known.is_file() else ()):
            raise InputError(
                f"output {out}", "this is no directory of a training", None, "choose another"
            )
        if force:
            shutil.rmtree(out)
        else:
            refuse_other_plan(rundir.read_json(out, PLAN), content, out)
    out.mkdir(parents=True, exist_ok=True)
    if not known.is_file():
        save_json(known, content)


def _content(plan: Plan) -> dict[str, Any]:
    """Everything that an epoch depends on; files by what is in them."""
    content = plan.model_dump(mode="json", exclude=set(NOT_CONTENT))
    content = _with_hashes(content, plan.model_dump())
    if not isinstance(plan, PerceptronPlan):
        content["network"] = network_hash(load_network(plan.network))
    content |= {"spicegen": spicegen.__version__, "many": plan.runs > 1}
    found: dict[str, Any] = json.loads(json.dumps(content))
    return found


def _with_hashes(content: Any, plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _with_hashes(content[key], plain[key]) for key in content}
    if isinstance(plain, Path) and plain.is_file():
        return hashlib.sha256(plain.read_bytes()).hexdigest()
    return content
