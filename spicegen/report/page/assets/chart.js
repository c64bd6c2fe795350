"use strict";
// Charts: uPlot with the wheel as zoom, shift-drag as pan, two measuring cursors.

const FONT = "12px system-ui, sans-serif";

function axis(options) {
  return {
    stroke: () => colour("quiet"), font: FONT, labelFont: FONT, labelSize: 18,
    grid: { stroke: () => colour("grid"), width: 1 }, ticks: { stroke: () => colour("grid"), width: 1 },
    values: apart, ...options,
  };
}

// As many decimals as tell neighbours apart; whole numbers stay whole.
function apart(u, splits, axisIndex, space, step) {
  const decimals = step > 0 ? Math.min(15, Math.max(0, Math.ceil(-Math.log10(step) + 1e-9) + 1)) : 6;
  const small = Math.max(...splits.map(Math.abs)) < 1e-3 || step < 1e-9;
  return splits.map((value) => (small ? digits(value) : String(Number(value.toFixed(decimals)))));
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6];

const ticks = (unit) => (u, splits) => {
  const largest = Math.max(...splits.map(Math.abs), 0);
  const { factor } = scaleOf(largest, unit);
  return splits.map((value) => String(Number((value / factor).toPrecision(6))));
};

function lineOf(index, label, extra = {}) {
  return {
    label, width: 1.4, dash: DASHES[Math.floor(index / CYCLE.length) % DASHES.length],
    stroke: () => colour(CYCLE[index % CYCLE.length]), points: { show: false }, ...extra,
  };
}

// A chart that fills its element and is built anew with another theme or width.
class Chart {
  constructor(element, options, data) {
    this.element = element;
    this.options = options;
    this.data = data;
    this.width = element.clientWidth; // asked for once: each question costs a layout of the page
    this.build();
    redraws.push(() => this.plot && this.plot.redraw(false));
    whenResized(element, (width) => this.resize(width));
  }

  get size() {
    return { width: Math.max(240, this.width - 12), height: this.options.height || 260 };
  }

  build() {
    if (this.plot) this.plot.destroy();
    this.plot = new uPlot({ ...this.options, ...this.size }, this.data, this.element);
  }

  resize(width) {
    this.width = width;
    if (this.size.width !== this.plot.width) this.plot.setSize(this.size);
  }

  show(options, data) {
    this.options = { ...this.options, ...options };
    this.data = data;
    this.build();
  }
}

// Wheel zooms around the pointer, shift-drag (or the middle button) pans, a double click shows all.
function moving(view) {
  return {
    hooks: {
      ready: (u) => {
        const share = (event) => (event.clientX - u.over.getBoundingClientRect().left) / u.over.clientWidth;
        u.over.addEventListener("wheel", (event) => {
          event.preventDefault();
          if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            view.pan((event.deltaX || event.deltaY) / 600);
          } else {
            view.zoom(Math.exp(event.deltaY / 400), share(event));
          }
        }, { passive: false });
        u.over.addEventListener("mousedown", (event) => {
          if (!(event.shiftKey || event.button === 1)) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          let last = event.clientX;
          const move = (next) => {
            view.pan((last - next.clientX) / u.over.clientWidth);
            last = next.clientX;
          };
          const up = () => {
            document.removeEventListener("mousemove", move);
            document.removeEventListener("mouseup", up);
          };
          document.addEventListener("mousemove", move);
          document.addEventListener("mouseup", up);
        }, true);
        u.over.addEventListener("dblclick", () => view.all());
      },
      setSelect: (u) => {
        if (u.select.width < 4) return;
        const from = u.posToVal(u.select.left, "x"), to = u.posToVal(u.select.left + u.select.width, "x");
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        view.set(from, to);
      },
    },
  };
}

// A stretch of an axis: everything that moves it goes through here, once per frame.
class View {
  constructor(low, high, changed) {
    Object.assign(this, { low, high, from: low, to: high, changed, least: (high - low) * 1e-6, queued: false });
  }

  set(from, to) {
    const whole = this.high - this.low;
    const span = Math.min(whole, Math.max(this.least, to - from));
    const middle = (from + to) / 2;
    this.from = span < whole ? Math.min(Math.max(middle - span / 2, this.low), this.high - span) : this.low;
    this.to = span < whole ? this.from + span : this.high;
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      this.changed();
    });
  }

  zoom(factor, at = 0.5) {
    const span = this.to - this.from, centre = this.from + at * span;
    this.set(centre - at * span * factor, centre + (1 - at) * span * factor);
  }

  pan(share) {
    const move = share * (this.to - this.from);
    this.set(this.from + move, this.to + move);
  }

  all() {
    this.set(this.low, this.high);
  }
}

// Lowest and highest value in stretches of time, as pixels see them. `blocks` holds those of
// 64 points each, so that a million points cost no more than a screen.
const BLOCK = 64;

function blocksOf(values) {
  const count = Math.ceil(values.length / BLOCK);
  const low = new Float32Array(count), high = new Float32Array(count);
  for (let b = 0; b < count; b++) {
    let least = Infinity, most = -Infinity;
    for (let i = b * BLOCK, end = Math.min(i + BLOCK, values.length); i < end; i++) {
      if (values[i] < least) least = values[i];
      if (values[i] > most) most = values[i];
    }
    low[b] = least;
    high[b] = most;
  }
  return { low, high };
}

function firstAtLeast(t, instant) {
  let low = 0, high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle] < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Common instants, and for each signal its values there: [t, y, y, ...].
function decimated(t, signals, from, to, stretches) {
  const first = Math.max(0, firstAtLeast(t, from) - 1), last = Math.min(t.length, firstAtLeast(t, to) + 2);
  if (last - first <= 2 * stretches) {
    return [t.subarray(first, last), ...signals.map((signal) => signal.values.subarray(first, last))];
  }
  const edges = new Int32Array(stretches + 1);
  for (let k = 0; k <= stretches; k++) edges[k] = firstAtLeast(t, from + ((to - from) * k) / stretches);
  edges[0] = first;
  edges[stretches] = last;
  const kept = [];
  for (let k = 0; k < stretches; k++) if (edges[k + 1] > edges[k]) kept.push(k);
  const instants = new Float64Array(2 * kept.length);
  kept.forEach((k, place) => {
    instants[2 * place] = t[edges[k]];
    instants[2 * place + 1] = edges[k + 1] - edges[k] > 1 ? t[edges[k + 1] - 1] : t[edges[k]];
  });
  return [instants, ...signals.map((signal) => extremes(signal, edges, kept))];
}

function extremes({ values, blocks }, edges, kept) {
  const found = new Float32Array(2 * kept.length);
  for (let place = 0; place < kept.length; place++) {
    const start = edges[kept[place]], end = edges[kept[place] + 1];
    let least = Infinity, most = -Infinity, i = start;
    while (i < end) {
      if (i % BLOCK === 0 && i + BLOCK <= end) {
        const b = i / BLOCK;
        if (blocks.low[b] < least) least = blocks.low[b];
        if (blocks.high[b] > most) most = blocks.high[b];
        i += BLOCK;
      } else {
        if (values[i] < least) least = values[i];
        if (values[i] > most) most = values[i];
        i++;
      }
    }
    const rising = values[start] <= values[end - 1];
    found[2 * place] = rising ? least : most;
    found[2 * place + 1] = rising ? most : least;
  }
  return found;
}
