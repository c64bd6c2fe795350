"""The process in which the Verilog-A front end runs: `python frontend_worker.py FILE.va`.

It is a process of its own because the front end ends with an abort on some input. Standard
output is a JSON list of its modules; what the front end says about the source goes to
standard error. Nothing of this package is imported.
"""

from __future__ import annotations

import json
import sys
from typing import Any

NOT_INSTALLED = 3
REFUSED = 1


def exported(module: Any) -> dict[str, Any]:
    """Everything about a module that the C file is written from."""
    evaluation = module.get_mir_instructions()
    return {
        "name": module.name,
        "dae": module.get_dae_system(),
        "eval": evaluation,
        "init": module.get_init_mir_instructions(),
        "eval_inputs": list(
            zip(module.param_kinds, module.param_names, module.param_value_indices, strict=True)
        ),
        "init_inputs": list(
            zip(
                module.init_param_kinds,
                module.init_param_names,
                module.init_param_value_indices,
                strict=True,
            )
        ),
        "eval_positions": module.get_all_func_params(),
        "cache": module.get_cache_mapping(),
        "strings": module.get_str_constants(),
        "parameters": module.get_osdi_descriptor()["params"],
        "collapsible": module.collapsible_pairs,
        "states": module.num_states,
    }


def main() -> int:
    """Compile one file. Returns the exit status."""
    try:
        import openvaf_py
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_INSTALLED
    try:
        modules = openvaf_py.compile_va(sys.argv[1])
    except ValueError as error:  # the reasons are on standard error already
        sys.stderr.write(f"{error}\n")
        return REFUSED
    json.dump([exported(module) for module in modules], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
