"""A network as a graph: what is saved, what drives it, when it is read."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import chain, dense, lstm, signal

from spicegen.circuit import BuiltCircuit, build_circuit
from spicegen.circuit.graph import Dc, Pulse, Pwl, Scaled, Source
from spicegen.design import design_from
from spicegen.mapping import MappedNetwork, map_network
from spicegen.network import Network

LSTM = chain(lstm("m", 3, 2, seed=1), dense("out", 2, 2, seed=2))
DENSE = chain(dense("a", 3, 2, "relu", seed=1))


def built(
    network: Network, table: dict[str, object] | None = None, *, samples: int = 2, steps: int = 4
) -> tuple[BuiltCircuit, MappedNetwork, np.ndarray]:
    design = design_from(table or {})
    shape = (samples, steps, 3) if network.recurrent else (samples, 3)
    trace = network.forward(signal(*shape, seed=0))
    mapped = map_network(network, trace, design)
    return build_circuit(mapped, trace.inputs, design), mapped, trace.inputs


def sources(made: BuiltCircuit) -> dict[str, Source]:
    return {source.name: source for source in made.circuit.sources}


def test_inputs_carry_their_volts_and_their_inverse() -> None:
    made, mapped, inputs = built(DENSE, samples=5)
    found = sources(made)
    for feature in range(3):
        wave = found[f"input{feature}"].waveform
        assert isinstance(wave, Pwl)
        steps = np.interp(made.t_read_s[:, 0, 0], wave.t_s, wave.volts)
        np.testing.assert_allclose(steps, inputs[:, 0, feature] * mapped.input_volts)
        assert found[f"input_inv{feature}"].waveform == Scaled(f"input{feature}", -1.0)
    assert max(np.abs(found[f"input{k}"].waveform.volts).max() for k in range(3)) == (  # type: ignore[union-attr]
        pytest.approx(0.3)
    )


def test_bias_is_a_word_line_at_the_read_voltage() -> None:
    made, *_ = built(DENSE)
    assert sources(made)["bias"].waveform == Dc(0.3)
    assert sources(made)["bias_inv"].waveform == Dc(-0.3)
    (crossbar,) = [
        i for i in made.circuit.groups[0].instances if i.subcircuit.startswith("crossbar")
    ]
    assert crossbar.nodes[:8] == (
        "input0", "input1", "input2", "bias", "input_inv0", "input_inv1", "input_inv2", "bias_inv"
    )  # fmt: skip
    without, *_ = built(chain(dense("a", 3, 2, bias=False, seed=1)))
    assert "bias" not in sources(without)


def test_dual_columns_need_no_inverse() -> None:
    made, *_ = built(LSTM, {"crossbar": {"topology": "dual-column"}})
    assert not [name for name in sources(made) if "inv" in name]
    used = {i.subcircuit for group in made.circuit.groups for i in group.instances}
    assert "inverter" not in used


def test_clocks_come_from_the_clock() -> None:
    made, *_ = built(chain(lstm("m", 3, 2, seed=1), lstm("n", 2, 2, seed=2)))
    clocks = {name: s for name, s in sources(made).items() if isinstance(s.waveform, Pulse)}
    assert {name: s.waveform for name, s in clocks.items()} == {
        "phi_transfer": made.clock.transfer(),
        "phi_track": made.clock.track(),
        "phi_reset0": made.clock.reset(0),
        "phi_reset1": made.clock.reset(1),
    }
    assert {s.reference for s in clocks.values()} == {"0"}
    by_layer = [
        {node for i in group.instances for node in i.nodes if node.startswith("phi_reset")}
        for group in made.circuit.groups
    ]
    assert by_layer == [{"phi_reset0"}, {"phi_reset1"}]
    plain, *_ = built(DENSE)
    assert not [s for s in plain.circuit.sources if isinstance(s.waveform, Pulse)]


def test_everything_counts_from_the_common_node() -> None:
    made, *_ = built(LSTM, {"signal": {"v_common_volts": 1.2}})
    found = sources(made)
    assert found["cm"] == Source("cm", "cm", "0", Dc(1.2))
    references = {s.reference for name, s in found.items() if name.startswith(("input", "bias"))}
    assert references == {"cm"}
    for group in made.circuit.groups:
        for each in group.instances:
            assert "0" not in each.nodes
    around_ground, *_ = built(LSTM)
    assert "cm" not in sources(around_ground)


@pytest.mark.parametrize(
    ("network", "samples", "steps", "shape", "last_step"),
    [
        (DENSE, 5, 1, (5, 1), 0),
        (LSTM, 2, 4, (2, 4), 1),
        (chain(lstm("m", 3, 2, returns="last", seed=1)), 2, 4, (2, 1), 4),
        (chain(lstm("m", 3, 2, returns="last", seed=1), dense("o", 2, 1, seed=2)), 1, 4, (1, 1), 4),
        (chain(lstm("m", 3, 2, seed=1), lstm("n", 2, 2, seed=2)), 2, 4, (2, 4), 2),
    ],
)
def test_read_out_instants(
    network: Network, samples: int, steps: int, shape: tuple[int, int], last_step: int
) -> None:
    made, *_ = built(network, samples=samples, steps=steps)
    assert made.t_read_s.shape == (*shape, network.output_size)
    clock = made.clock
    first = last_step if network.recurrent else 0
    expected = (first + 1) * clock.t_step_s - clock.t_edge_s
    np.testing.assert_allclose(made.t_read_s[0, 0], expected, rtol=1e-12)
    assert made.circuit.analysis.t_stop_s == clock.t_stop_s >= made.t_read_s.max()


def test_probes_by_choice() -> None:
    names = {
        save: [
            probe.name for probe in built(LSTM, {"simulation": {"save": save}})[0].circuit.probes
        ]
        for save in ("outputs", "probes", "all")
    }
    assert names["outputs"] == ["output0", "output1"]
    assert names["probes"] == names["all"]
    signals = {name.rstrip("0123456789") for name in names["probes"]}
    assert signals == {
        "phi_transfer", "phi_track", "phi_reset", "output", "out.pre", "out.out", "m.h", "m.c",
        "m.i", "m.f", "m.g", "m.o", "m.tanh_c", "m.c_next", "m.h_next",
        "m.pre_i", "m.pre_f", "m.pre_g", "m.pre_o",
    }  # fmt: skip
    assert built(LSTM, {"simulation": {"save": "all"}})[0].circuit.save_all


def test_solver_follows_the_fidelity_of_the_opamps() -> None:
    def solver(table: dict[str, object]) -> str:
        return next(iter(built(DENSE, table)[0].circuit.options))

    assert solver({}) == "klu"
    assert solver({"fidelity": "ideal"}) == "sparse"
    assert solver({"opamp": {"fidelity": "ideal"}}) == "sparse"
    assert solver({"fidelity": "ideal", "simulation": {"solver": "klu"}}) == "klu"


def test_the_replica_goes_with_imperfect_hold_cells() -> None:
    def replicas(table: dict[str, object]) -> int:
        made = built(LSTM, table)[0]
        return sum(i.name == "m_replica" for i in made.circuit.groups[0].instances)

    assert replicas({}) == 1
    assert replicas({"sample_hold": {"replica": False}}) == 0
    assert replicas({"sample_hold": {"fidelity": "ideal"}}) == 0


def test_the_solver_takes_short_steps_where_no_clock_makes_it() -> None:
    plain, clocked = built(DENSE)[0], built(LSTM)[0]
    assert plain.circuit.analysis.t_max_s == plain.clock.t_step_s / 40
    assert clocked.circuit.analysis.t_max_s == clocked.clock.t_step_s


def test_the_header_gives_the_range_of_outputs_with_units_of_their_own() -> None:
    made, mapped, _ = built(chain(lstm("m", 3, 2, seed=1)), {"fidelity": "transistor"})
    low, high = np.min(mapped.output_volts), np.max(mapped.output_volts)
    shown = f"{low:.6g} to {high:.6g} V at outputs"
    assert any(note.endswith(shown) for note in made.circuit.notes)
    assert low < high
