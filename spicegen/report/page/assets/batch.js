"use strict";
// Distributions and yield of a batch, by the values of a key.

const BINS = 30;
const WIDE = 30; // ratio from which on an axis is logarithmic

class Batch {
  constructor({ columns, keys, metrics, limit }) {
    Object.assign(this, { columns, keys, metrics, limit });
    this.runs = columns.run.length;
  }

  values(name) {
    return this.columns[name].map((value, run) => (this.columns.status[run] === "done" && value !== null ? value : NaN));
  }

  // Label and runs of each value of a key, numbers by size.
  groups(key) {
    if (!key) return [{ label: "all runs", runs: Array.from({ length: this.runs }, (_, run) => run) }];
    const found = new Map();
    this.columns[key].forEach((value, run) => {
      if (!found.has(value)) found.set(value, []);
      found.get(value).push(run);
    });
    const sorted = [...found.entries()];
    if (sorted.every(([value]) => typeof value === "number")) sorted.sort((a, b) => a[0] - b[0]);
    return sorted.map(([value, runs]) => ({ label: `${key} = ${value}`, runs }));
  }
}

function isWide(values) {
  const known = values.filter((value) => Number.isFinite(value));
  const least = Math.min(...known), most = Math.max(...known);
  return known.length > 0 && least > 0 && most > WIDE * least;
}

class Distributions {
  constructor(element, batch) {
    Object.assign(this, { element, batch, charts: {} });
  }

  show(metric, key) {
    const values = this.batch.values(metric), groups = this.batch.groups(key), wide = isWide(values);
    this.put("counts", ".counts", this.countOptions(metric, groups, wide), this.counts(values, groups, wide));
    this.put("shares", ".shares", this.shareOptions(metric, groups, wide), this.shares(values, groups));
  }

  put(name, selector, options, data) {
    if (this.charts[name]) this.charts[name].show(options, data);
    else this.charts[name] = new Chart($(selector, this.element), options, data);
  }

  counts(values, groups, wide) {
    const known = values.filter((value) => Number.isFinite(value));
    const turn = wide ? Math.log : (value) => value, back = wide ? Math.exp : (value) => value;
    const least = turn(Math.min(...known)), most = turn(Math.max(...known)), span = most - least || Math.abs(most) || 1;
    const edges = Array.from({ length: BINS + 1 }, (_, k) => back(least + (span * k) / BINS));
    const columns = groups.map(({ runs }) => {
      const counted = new Array(BINS + 1).fill(0);
      for (const run of runs) {
        if (!Number.isFinite(values[run])) continue;
        counted[Math.min(BINS - 1, Math.floor(((turn(values[run]) - least) / span) * BINS))]++;
      }
      return counted;
    });
    return [edges, ...columns];
  }

  // Steps: the share of all runs of a group, failed ones included, up to each value.
  shares(values, groups) {
    const columns = groups.map(({ runs }) => {
      const own = runs.map((run) => values[run]).filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
      return [own, own.map((_, k) => (100 * (k + 1)) / runs.length)];
    });
    return columns.length > 1 ? uPlot.join(columns, columns.map(() => [2])) : columns[0];
  }

  shared(metric, wide) {
    const number = (u, value) => (value === null ? "–" : digits(value, 4));
    return {
      height: 300,
      scales: { x: { time: false, distr: wide ? 3 : 1 } },
      axes: [axis({ label: metric, values: (u, splits) => splits.map((value) => (value === null ? "" : digits(value, 3))) })],
      series: [{ label: metric, value: number }],
    };
  }

  countOptions(metric, groups, wide) {
    const options = this.shared(metric, wide);
    options.axes.push(axis({ label: "runs", size: 50, incrs: WHOLE }));
    const stepped = uPlot.paths.stepped({ align: 1 });
    groups.forEach(({ label }, index) => options.series.push(lineOf(index, label, {
      paths: stepped, fill: groups.length === 1 ? () => `${colour(CYCLE[index % CYCLE.length])}40` : undefined,
    })));
    return options;
  }

  shareOptions(metric, groups, wide) {
    const options = this.shared(metric, wide);
    options.scales.y = { range: [0, 102] };
    options.axes.push(axis({ label: "runs, %", size: 50 }));
    const stepped = uPlot.paths.stepped({ align: 1 }), limit = this.batch.limit;
    groups.forEach(({ label }, index) => options.series.push(lineOf(index, label, {
      paths: stepped, spanGaps: true, value: (u, share) => (share === null || share === undefined ? "–" : `${digits(share, 3)} %`),
    })));
    options.hooks = {
      draw: [(u) => {
        if (!metric.endsWith("error_pct") || limit < u.scales.x.min || limit > u.scales.x.max) return;
        const at = u.valToPos(limit, "x", true);
        u.ctx.save();
        u.ctx.strokeStyle = colour("quiet");
        u.ctx.setLineDash([4, 4]);
        u.ctx.beginPath();
        u.ctx.moveTo(at, u.bbox.top);
        u.ctx.lineTo(at, u.bbox.top + u.bbox.height);
        u.ctx.stroke();
        u.ctx.restore();
      }],
    };
    return options;
  }
}
