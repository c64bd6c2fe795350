"use strict";
// Parallel coordinates: one axis per key and metric, one line per run, ranges that filter.

const AXIS_TOP = 40, AXIS_BELOW = 26, SIDE = 70, PARALLEL_HEIGHT = 330;
const AXIS_APART = 132;
const MOST_ROWS = 50;

// Where the values of a column stand, 0 below to 1 above.
class ParallelAxis {
  constructor(name, values) {
    this.name = name;
    this.values = values;
    const known = values.filter((value) => value !== null && !Number.isNaN(value));
    this.numeric = known.every((value) => typeof value === "number");
    if (this.numeric) {
      this.log = isWide(known);
      this.least = Math.min(...known);
      this.most = Math.max(...known);
    } else {
      this.words = [...new Set(known.map(String))];
    }
    this.kept = null;
  }

  place(value) {
    if (value === null || Number.isNaN(value)) return NaN;
    if (!this.numeric) return this.words.length > 1 ? this.words.indexOf(String(value)) / (this.words.length - 1) : 0.5;
    if (this.most === this.least) return 0.5;
    return this.log ? Math.log(value / this.least) / Math.log(this.most / this.least) : (value - this.least) / (this.most - this.least);
  }

  // [place, text] of its marks.
  marks() {
    if (!this.numeric) return this.words.map((word) => [this.place(word), word.length > 14 ? `${word.slice(0, 13)}…` : word]);
    if (this.most === this.least) return [[0.5, digits(this.least, 3)]];
    return [0, 0.5, 1].map((share) => [share, digits(this.log ? this.least * (this.most / this.least) ** share : this.least + share * (this.most - this.least), 3)]);
  }

  keeps(value) {
    if (!this.kept) return true;
    const place = this.place(value);
    return place >= this.kept[0] - 1e-9 && place <= this.kept[1] + 1e-9;
  }
}

class Parallel {
  constructor(element, batch, changed) {
    Object.assign(this, { element, batch, changed });
    this.canvas = made("canvas", { role: "img", "aria-label": "parallel coordinates of all runs" });
    element.append(this.canvas);
    this.axes = [...batch.keys.map((key) => new ParallelAxis(key, batch.columns[key])),
      ...batch.metrics.map((metric) => new ParallelAxis(metric, batch.values(metric)))];
    this.canvas.addEventListener("mousedown", (event) => this.press(event));
    this.canvas.style.cursor = "row-resize";
    redraws.push(() => this.draw());
    this.frame = element.clientWidth;
    whenResized(element, (width) => {
      if (width === this.frame) return;
      this.frame = width;
      this.draw();
    });
  }

  show(metric) {
    this.colouring = this.axes.find((axis) => axis.name === metric && this.batch.metrics.includes(metric));
    this.draw();
    this.changed(this.runs());
  }

  release() {
    for (const axis of this.axes) axis.kept = null;
    this.draw();
    this.changed(this.runs());
  }

  runs() {
    return Array.from({ length: this.batch.runs }, (_, run) => run)
      .filter((run) => this.axes.every((axis) => axis.keeps(axis.values[run])));
  }

  // As wide as its frame, or wider where axes would stand too close: the frame then scrolls.
  get width() {
    return Math.max(this.frame - 12, (this.axes.length - 1) * AXIS_APART + 2 * SIDE);
  }

  x(index) {
    const width = this.width - 2 * SIDE;
    return SIDE + (this.axes.length > 1 ? (width * index) / (this.axes.length - 1) : width / 2);
  }

  y(place) {
    return PARALLEL_HEIGHT - AXIS_BELOW - place * (PARALLEL_HEIGHT - AXIS_TOP - AXIS_BELOW);
  }

  press(event) {
    const box = this.canvas.getBoundingClientRect();
    const nearest = this.axes.map((axis, index) => Math.abs(this.x(index) - (event.clientX - box.left)));
    const index = nearest.indexOf(Math.min(...nearest));
    if (nearest[index] > 30) return;
    event.preventDefault();
    const axis = this.axes[index];
    const placeOf = (next) => (this.y(0) - (next.clientY - box.top)) / (this.y(0) - this.y(1));
    const start = placeOf(event);
    const move = (next) => {
      const end = placeOf(next);
      axis.kept = Math.abs(end - start) < 0.015 ? null : [Math.min(start, end), Math.max(start, end)];
      this.draw();
      this.changed(this.runs());
    };
    const up = (next) => {
      move(next);
      document.removeEventListener("mousemove", move);
      document.removeEventListener("mouseup", up);
    };
    document.addEventListener("mousemove", move);
    document.addEventListener("mouseup", up);
  }

  draw() {
    const { width } = this, ratio = devicePixelRatio;
    if (this.canvas.width !== Math.round(width * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = PARALLEL_HEIGHT * ratio;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${PARALLEL_HEIGHT}px`;
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, PARALLEL_HEIGHT);
    const kept = new Set(this.runs());
    for (let run = 0; run < this.batch.runs; run++) if (!kept.has(run)) this.line(context, run, colour("grid"), 1);
    for (const run of kept) this.line(context, run, this.colourOf(run), 0.65);
    context.globalAlpha = 1;
    this.axes.forEach((axis, index) => this.drawAxis(context, axis, this.x(index), index));
  }

  colourOf(run) {
    const place = this.colouring ? this.colouring.place(this.colouring.values[run]) : NaN;
    return Number.isNaN(place) ? colour("warn") : `rgb(${blend(VIRIDIS, 0.9 * place).join(",")})`;
  }

  // A run without a metric, a failed one, ends at its last key.
  line(context, run, stroke, alpha) {
    context.strokeStyle = stroke;
    context.globalAlpha = alpha;
    context.beginPath();
    let drawing = false;
    this.axes.forEach((axis, index) => {
      const place = axis.place(axis.values[run]);
      if (Number.isNaN(place)) {
        drawing = false;
        return;
      }
      if (drawing) context.lineTo(this.x(index), this.y(place));
      else context.moveTo(this.x(index), this.y(place));
      drawing = true;
    });
    context.stroke();
  }

  drawAxis(context, axis, x, index) {
    context.strokeStyle = colour("quiet");
    context.fillStyle = colour("ink");
    context.font = FONT;
    context.beginPath();
    context.moveTo(x, this.y(0));
    context.lineTo(x, this.y(1));
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    const name = axis.name.length > 18 ? `${axis.name.slice(0, 17)}…` : axis.name;
    context.fillText(name, x, 20);
    if (axis.kept) {
      context.fillStyle = colour("accent");
      context.globalAlpha = 0.35;
      context.fillRect(x - 6, this.y(axis.kept[1]), 12, this.y(axis.kept[0]) - this.y(axis.kept[1]));
      context.globalAlpha = 1;
    }
    context.fillStyle = colour("quiet");
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.strokeStyle = colour("paper");
    context.lineWidth = 3;
    for (const [place, text] of axis.marks()) {
      context.strokeText(text, x + 5, this.y(place));
      context.fillText(text, x + 5, this.y(place));
    }
    context.lineWidth = 1;
  }
}

// The runs that are kept, worst first. A row is made once.
const rowsMade = new Map();

function listRuns(table, batch, runs, metric) {
  const names = ["run", ...batch.keys, "status", ...batch.metrics];
  const values = batch.values(metric);
  const order = [...runs].sort((a, b) => (Number.isNaN(values[b]) ? -1 : Number.isNaN(values[a]) ? 1 : values[b] - values[a]));
  const cell = (name, run) => {
    const value = batch.columns[name][run], numeric = typeof value === "number";
    return made("td", { class: numeric ? "n" : undefined }, value === null ? "–" : numeric ? digits(value, 5) : String(value));
  };
  const rowOf = (run) => {
    if (!rowsMade.has(run)) rowsMade.set(run, made("tr", {}, ...names.map((name) => cell(name, run))));
    return rowsMade.get(run);
  };
  if (!$("thead tr", table)) $("thead", table).append(made("tr", {}, ...names.map((name) => made("th", {}, name))));
  $("tbody", table).replaceChildren(...order.slice(0, MOST_ROWS).map(rowOf));
  $("#kept").textContent = `${runs.length} of ${batch.runs} runs${runs.length > MOST_ROWS ? `, the first ${MOST_ROWS} are listed` : ""}`;
}

theme();

let parallel = null, charts = null;

if (embedded.metrics.length) {
  const batch = new Batch(embedded), picker = $("#metric"), by = $("#by");
  const distributions = new Distributions($("#charts"), batch);
  charts = distributions.charts;
  // The list follows a frame later: while a range is dragged, the lines come first.
  let listed = 0;
  parallel = new Parallel($("#parallel"), batch, (runs) => {
    clearTimeout(listed);
    listed = setTimeout(() => listRuns($("#rows"), batch, runs, picker.value), 30);
  });
  const show = () => {
    for (const element of document.querySelectorAll("[data-metric]")) element.hidden = element.dataset.metric !== picker.value;
    distributions.show(picker.value, by.value);
    parallel.show(picker.value);
  };
  picker.addEventListener("change", show);
  by.addEventListener("change", () => distributions.show(picker.value, by.value));
  $("#release").addEventListener("click", () => parallel.release());
  show();
}
