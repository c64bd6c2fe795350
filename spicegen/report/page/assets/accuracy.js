"use strict";
// Analog against the reference: over time, its error, and as a scatter.

class Accuracy {
  constructor(element, outputs) {
    Object.assign(this, { element, outputs });
    this.picker = $("select", element);
    this.picker.addEventListener("change", () => this.choose(Number(this.picker.value)).catch(failure));
    this.view = new View(0, Math.max(1, outputs.kept - 1), () => this.refresh());
    this.row = Float64Array.from({ length: outputs.kept }, (_, k) => k);
    $("[data-do=all]", element).addEventListener("click", () => this.view.all());
  }

  async choose(output) {
    this.output = output;
    this.picker.value = output;
    const reference = await unpacked(this.outputs.reference[output]);
    const difference = await unpacked(this.outputs.difference[output]);
    const analog = Float32Array.from(reference, (value, k) => value + difference[k]);
    const percent = 100 / this.outputs.fullScale[output];
    const error = Float32Array.from(difference, (value) => Math.abs(value) * percent);
    const signal = (values) => ({ values, blocks: blocksOf(values) });
    Object.assign(this, { reference: signal(reference), analog: signal(analog), error: signal(error) });
    const { columns, errors } = this.columns();
    if (this.over) {
      this.over.show({}, columns);
      this.below.show({}, errors);
    } else {
      this.over = new Chart($(".over", this.element), this.overOptions(), columns);
      this.below = new Chart($(".below", this.element), this.belowOptions(), errors);
    }
    this.scatter(reference, analog);
    this.refresh();
  }

  columns() {
    const stretches = Math.max(200, this.over ? this.over.width : this.element.clientWidth);
    const part = (signals) => decimated(this.row, signals, this.view.from, this.view.to, stretches);
    return { columns: part([this.reference, this.analog]), errors: part([this.error]) };
  }

  refresh() {
    if (!this.over) return;
    const { columns, errors } = this.columns(), x = { min: this.view.from, max: this.view.to };
    for (const [chart, data] of [[this.over, columns], [this.below, errors]]) {
      chart.plot.batch(() => {
        chart.plot.setData(data, false);
        chart.plot.setScale("x", x);
      });
    }
  }

  shared(height, label) {
    const number = (u, value) => (value === null ? "–" : digits(value, 6));
    const dots = this.outputs.joined ? {} : { paths: () => null, points: { show: true, size: 5 } };
    const series = (index, name, extra = {}) => lineOf(index, name, { value: number, ...dots, ...extra });
    return {
      series,
      options: {
        height,
        scales: { x: { time: false, auto: false, min: 0, max: this.view.high } },
        cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: "accuracy" } },
        axes: [axis({ label: this.outputs.word, incrs: WHOLE }), axis({ label, size: 62 })],
        plugins: [moving(this.view)],
      },
    };
  }

  overOptions() {
    const { series, options } = this.shared(270, "network units");
    const row = { label: this.outputs.word, value: (u, value) => (value === null ? "–" : String(Math.round(value))) };
    return { ...options, series: [row, series(0, "reference", { width: 2.2, ...(this.outputs.joined ? {} : { points: { show: true, size: 10 } }) }), series(1, "analog", { width: 1 })] };
  }

  belowOptions() {
    const { series, options } = this.shared(170, "% of full scale");
    const row = { label: this.outputs.word, value: (u, value) => (value === null ? "–" : String(Math.round(value))) };
    return { ...options, series: [row, series(2, "error")] };
  }

  scatter(reference, analog) {
    const order = Uint32Array.from(reference, (_, k) => k).sort((a, b) => reference[a] - reference[b]);
    const x = Float32Array.from(order, (k) => reference[k]), y = Float32Array.from(order, (k) => analog[k]);
    const number = (u, value) => (value === null ? "–" : digits(value, 6));
    const options = {
      height: 300,
      scales: { x: { time: false } },
      axes: [axis({ label: "reference" }), axis({ label: "analog", size: 62 })],
      series: [
        { label: "reference", value: number },
        { label: "equal", stroke: () => colour("quiet"), dash: [4, 4], width: 1, points: { show: false }, value: number },
        { label: "analog", stroke: () => colour("c1"), paths: () => null, points: { show: true, size: 4, fill: () => colour("c1") }, value: number },
      ],
    };
    if (this.dots) this.dots.show(options, [x, x, y]);
    else this.dots = new Chart($(".dots", this.element), options, [x, x, y]);
  }
}
