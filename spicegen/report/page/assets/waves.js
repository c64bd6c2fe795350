"use strict";
// Waveforms: any saved signal, clock phases and read-outs behind them, two measuring cursors.

const MOST_SHOWN = 12;
const CLOCK_STEPS = 120; // with more steps in view, phases are thinner than pixels
const STEP_NAMES = 24;
const LANE = 12;
const LANES_ABOVE = 8;

class Waves {
  constructor(element, circuits) {
    this.element = element;
    this.circuits = circuits;
    this.chosen = [];
    this.cursors = { A: null, B: null };
    this.next = "A";
    this.inUnits = false;
    for (const circuit of circuits) {
      circuit.named = new Map(circuit.signals.map((signal, index) => [signal.name, { ...signal, index }]));
    }
    this.list = $(".list", element);
    $("input[type=search]", element).addEventListener("input", (event) => this.filter(event.target.value));
    const click = (name, act) => $(`[data-do=${name}]`, element).addEventListener("click", act);
    click("all", () => this.view.all());
    click("in", () => this.view.zoom(0.5));
    click("out", () => this.view.zoom(2));
    click("back", () => this.view.pan(-0.5));
    click("on", () => this.view.pan(0.5));
    click("clear", () => this.place({ A: null, B: null }));
    click("units", (event) => {
      this.inUnits = !this.inUnits;
      event.target.setAttribute("aria-pressed", this.inUnits);
      this.rebuild();
    });
    const picker = $("select", element);
    picker?.addEventListener("change", () => this.open(Number(picker.value)));
  }

  // Take one circuit: its time axis, its list of signals.
  async open(index, names = [], from, to) {
    if (this.circuit !== this.circuits[index]) {
      this.circuit = this.circuits[index];
      this.t = await unpacked(this.circuit.t);
      this.view = new View(this.t[0], this.t[this.t.length - 1], () => this.refresh());
      this.chosen = [];
      this.cursors = { A: null, B: null };
      this.fill();
      const picker = $("select", this.element);
      if (picker) picker.value = index;
    }
    if (from !== undefined) Object.assign(this.view, { from: this.view.low, to: this.view.high });
    await this.choose(names.filter((name) => this.circuit.named.has(name)));
    if (from !== undefined) this.view.set(from, to);
  }

  fill() {
    this.list.replaceChildren(...this.circuit.signals.map((signal) =>
      made("button", {
        type: "button", "aria-pressed": "false", title: signal.name, "data-signal": signal.name,
        onclick: () => this.toggle(signal.name),
      }, signal.name)));
    this.filter($("input[type=search]", this.element).value);
  }

  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const button of this.list.children) {
      const name = button.dataset.signal.toLowerCase();
      button.hidden = !words.every((word) => name.includes(word));
    }
  }

  toggle(name) {
    const kept = this.chosen.filter((other) => other !== name);
    return this.choose(kept.length < this.chosen.length ? kept : [...kept, name]);
  }

  async choose(names) {
    this.chosen = names.slice(-MOST_SHOWN);
    const loaded = await Promise.all(this.chosen.map((name) => this.signal(name)));
    this.signals = loaded;
    for (const button of this.list.children) {
      button.setAttribute("aria-pressed", this.chosen.includes(button.dataset.signal));
    }
    this.rebuild();
  }

  async signal(name) {
    const { index, ...signal } = this.circuit.named.get(name);
    const packed = this.circuit.vectors[signal.vector];
    const values = await unpacked(packed);
    packed.blocks ??= blocksOf(values);
    return { ...signal, values, blocks: packed.blocks };
  }

  // The chart with other signals or other units.
  rebuild() {
    const holder = $(".plot", this.element);
    const data = this.decimated();
    if (!this.chart) {
      this.chart = new Chart(holder, this.options(), data);
    } else {
      this.chart.show(this.options(), data);
    }
    this.refresh();
    this.measure();
  }

  // The same chart over another stretch of time.
  refresh() {
    if (!this.chart) return;
    const { from, to } = this.view, plot = this.chart.plot;
    plot.batch(() => {
      plot.setData(this.decimated(), false);
      plot.setScale("x", { min: from, max: to });
    });
    const unit = this.circuit.static ? "" : "s";
    $(".span", this.element).textContent = this.circuit.static
      ? `steps ${digits(from)} to ${digits(to)}`
      : `${withUnit(from, unit, 6)} to ${withUnit(to, unit, 6)}`;
  }

  decimated() {
    const width = this.chart ? this.chart.width : this.element.clientWidth;
    const columns = decimated(this.t, this.signals, this.view.from, this.view.to, Math.max(200, Math.round(width)));
    if (!this.inUnits) return columns;
    return columns.map((column, k) => {
      const signal = this.signals[k - 1];
      if (!signal || !signal.perUnit) return column;
      return column.map((volts) => (volts - this.circuit.common) / signal.perUnit);
    });
  }

  options() {
    const scaleFor = (signal) => (signal.perUnit ? "y" : "clock");
    const lanes = this.lanes();
    const right = this.signals.some((signal) => !signal.perUnit);
    const axes = [
      axis({
        label: () => (this.circuit.static ? "step" : `time, ${this.timeScale().unit}`),
        values: (u, splits) => {
          const { factor } = this.timeScale();
          return splits.map((t) => String(Number((t / factor).toPrecision(9))));
        },
      }),
      axis({ scale: "y", label: this.inUnits ? "network units" : "V", size: 62 }),
    ];
    if (right) axes.push(axis({ scale: "clock", side: 1, label: "others, V", grid: { show: false } }));
    return {
      height: 420 + lanes.length * LANE + LANES_ABOVE,
      padding: [lanes.length * LANE + LANES_ABOVE + 16, right ? 0 : 24, 0, 0],
      scales: { x: { time: false, auto: false, min: this.view.from, max: this.view.to }, y: {}, clock: {} },
      cursor: { drag: { x: true, y: false, setScale: false } },
      axes,
      legend: { live: true },
      series: [
        { label: this.circuit.static ? "step" : "time", value: (u, t) => (t === null ? "–" : this.circuit.static ? digits(t) : withUnit(t, "s", 7)) },
        ...this.signals.map((signal, index) => lineOf(index, signal.name, {
          scale: scaleFor(signal),
          points: this.circuit.static ? { size: 5 } : { show: false },
          value: (u, y) => (y === null ? "–" : this.inUnits && signal.perUnit ? digits(y, 5) : withUnit(y, signal.unit, 5)),
        })),
      ],
      plugins: [moving(this.view), this.clockPlugin(lanes), this.cursorPlugin()],
    };
  }

  timeScale() {
    return this.circuit.static ? { factor: 1 } : scaleOf(this.view.to, "s");
  }

  lanes() {
    const clock = this.circuit.clock;
    return clock ? [...new Set(clock.phases.map((phase) => phase.name.split(" ")[0])), "read-out"] : [];
  }

  clockPlugin(lanes) {
    return { hooks: { drawClear: (u) => this.drawClock(u, lanes) } };
  }

  drawClock(u, lanes) {
    const clock = this.circuit.clock, { from, to } = this.view;
    if (!clock) return;
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    const x = (t) => Math.min(Math.max(u.valToPos(t, "x", true), bbox.left), bbox.left + bbox.width);
    const lane = (k) => bbox.top - ((lanes.length - k) * LANE + LANES_ABOVE) * ratio;
    ctx.save();
    ctx.font = `${10 * ratio}px system-ui, sans-serif`;
    ctx.textBaseline = "middle";
    ctx.fillStyle = colour("quiet");
    if ((to - from) / clock.step > CLOCK_STEPS) {
      ctx.textAlign = "left";
      ctx.fillText("zoom in to see clock phases and read-outs", bbox.left, bbox.top - 8 * ratio);
      ctx.restore();
      return;
    }
    ctx.textAlign = "right";
    lanes.forEach((name, k) => ctx.fillText(name, bbox.left - 5 * ratio, lane(k) + (LANE / 2) * ratio));
    for (const phase of clock.phases) {
      const kind = phase.name.split(" ")[0], top = lane(lanes.indexOf(kind)) + 2 * ratio;
      for (let k = Math.max(0, Math.floor((from - phase.on - phase.length) / phase.period)); ; k++) {
        const start = phase.on + k * phase.period;
        if (start > to) break;
        const left = x(start), wide = x(start + phase.length) - left;
        if (wide <= 0) continue;
        ctx.fillStyle = colour("read");
        ctx.fillRect(left, top, wide, (LANE - 4) * ratio);
        if (kind === "transfer") {
          ctx.fillStyle = colour("phase");
          ctx.fillRect(left, bbox.top, wide, bbox.height);
        }
      }
    }
    this.drawReads(u, x, lane(lanes.length - 1));
    ctx.restore();
  }

  drawReads(u, x, top) {
    const { step, edge, depth, steps } = this.circuit.clock, { from, to } = this.view;
    const { ctx, bbox } = u, ratio = devicePixelRatio, period = steps + depth;
    const names = (to - from) / step <= STEP_NAMES;
    ctx.strokeStyle = ctx.fillStyle = colour("read");
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.textAlign = "center";
    for (let k = Math.max(0, Math.floor(from / step) - 1); k * step <= to; k++) {
      const place = k % period, instant = (k + 1) * step - edge;
      if (place >= depth && instant >= from && instant <= to) {
        const at = x(instant);
        ctx.beginPath();
        ctx.moveTo(at, top + 3 * ratio);
        ctx.lineTo(at, bbox.top + bbox.height);
        ctx.stroke();
        ctx.beginPath();
        ctx.moveTo(at - 4 * ratio, top + 2 * ratio);
        ctx.lineTo(at + 4 * ratio, top + 2 * ratio);
        ctx.lineTo(at, top + 9 * ratio);
        ctx.fill();
      }
      const middle = (k + 0.5) * step;
      if (names && place >= depth && middle > from && middle < to) {
        ctx.fillText(`step ${place - depth}`, x(middle), top - (this.lanes().length - 1) * LANE * ratio - 7 * ratio);
      }
    }
    ctx.setLineDash([]);
  }

  // A click sets A, then B, then A, ...
  cursorPlugin() {
    return {
      hooks: {
        ready: (u) => {
          let pressed = null;
          u.over.addEventListener("mousedown", (event) => (pressed = event.clientX));
          u.over.addEventListener("click", (event) => {
            if (pressed === null || Math.abs(event.clientX - pressed) > 3) return;
            const t = u.posToVal(event.clientX - u.over.getBoundingClientRect().left, "x");
            this.place({ ...this.cursors, [this.next]: t });
            this.next = this.next === "A" ? "B" : "A";
          });
        },
        draw: (u) => {
          const { ctx, bbox } = u, ratio = devicePixelRatio;
          for (const [name, t] of Object.entries(this.cursors)) {
            if (t === null || t < this.view.from || t > this.view.to) continue;
            const at = u.valToPos(t, "x", true);
            ctx.fillStyle = colour("accent");
            ctx.fillRect(at, bbox.top, ratio, bbox.height);
            ctx.font = `${11 * ratio}px system-ui, sans-serif`;
            ctx.textAlign = "left";
            ctx.textBaseline = "top";
            ctx.fillText(name, at + 3 * ratio, bbox.top + 2 * ratio);
          }
        },
      },
    };
  }

  place(cursors) {
    this.cursors = cursors;
    this.chart.plot.redraw(false);
    this.measure();
  }

  at(signal, t) {
    const after = Math.min(Math.max(1, firstAtLeast(this.t, t)), this.t.length - 1), before = after - 1;
    const width = this.t[after] - this.t[before];
    const share = width > 0 ? (t - this.t[before]) / width : 1;
    return signal.values[before] + share * (signal.values[after] - signal.values[before]);
  }

  measure() {
    const { A, B } = this.cursors, table = $(".measured", this.element);
    table.hidden = A === null && B === null;
    if (table.hidden) return;
    const time = (t) => (t === null ? "–" : this.circuit.static ? digits(t, 6) : withUnit(t, "s", 7));
    const both = A !== null && B !== null;
    const row = (name, a, b, difference) => made("tr", {}, made("td", {}, name), ...[a, b, difference].map((text) => made("td", { class: "n" }, text)));
    const rows = [row("time", time(A), time(B), both ? time(B - A) : "–")];
    for (const signal of this.signals) {
      const [a, b] = [A, B].map((t) => (t === null ? NaN : this.at(signal, t)));
      rows.push(row(signal.name, ...[a, b, b - a].map((value) => withUnit(value, signal.unit, 5))));
    }
    $("tbody", table).replaceChildren(...rows);
  }

  // Where an output is read at an instant: that signal, a few steps around.
  async look(name, t) {
    // the outputs of the network are those of the last circuit that has them
    const index = this.circuits.findLastIndex((circuit) => circuit.named.has(name));
    const circuit = this.circuits[Math.max(0, index)];
    const around = circuit.clock ? 2.5 * circuit.clock.step : 5;
    await this.open(Math.max(0, index), [name], t - around, t + around / 2);
  }
}
