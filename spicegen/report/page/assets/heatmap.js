"use strict";
// Crossbars as heat maps: one canvas pixel per device, values of all maps on hover.

const VIRIDIS = [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37]];
const DIVERGING = [[5, 48, 97], [67, 147, 195], [209, 229, 240], [247, 247, 247], [253, 219, 199], [214, 96, 77], [103, 0, 31]];
const COUNT = [[238, 238, 238], [240, 160, 60], [180, 30, 30]];

function blend(stops, share) {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2), part = place - low;
  return stops[low].map((value, k) => Math.round(value + part * (stops[low + 1][k] - value)));
}

function range(values, kind) {
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most >= least)) [least, most] = [0, 1];
  if (kind === "diverging") {
    most = Math.max(Math.abs(least), Math.abs(most)) || 1e-30;
    least = -most;
  }
  if (kind === "count") [least, most] = [0, 2];
  return { least, most };
}

function shareOf(value, { least, most }, kind) {
  if (kind === "log") return most > least ? Math.log(value / least) / Math.log(most / least) : 1;
  return most > least ? (value - least) / (most - least) : 0.5;
}

const stopsOf = (kind) => (kind === "diverging" ? DIVERGING : kind === "count" ? COUNT : VIRIDIS);

function rgb(text) {
  const digits = text.replace("#", "");
  return [0, 2, 4].map((k) => parseInt(digits.slice(k, k + 2), 16));
}

class Crossbar {
  constructor(element, crossbar) {
    Object.assign(this, { element, crossbar });
    this.told = $("output", element);
    this.at = { row: 0, column: 0 };
  }

  async draw() {
    this.values = await Promise.all(this.crossbar.maps.map((map) => unpacked(map.data)));
    this.pair = range([...this.values[0], ...this.values[1]].filter((value) => value > 0), "linear");
    const holder = $(".maps", this.element);
    this.crossbar.maps.forEach((map, index) => holder.append(this.figure(map, index)));
    redraws.push(() => this.paint());
    this.paint();
  }

  figure(map, index) {
    const canvas = made("canvas", {
      class: "map", width: this.crossbar.columns, height: this.crossbar.rows, role: "img",
      "aria-label": `${this.crossbar.name}: ${map.title}`,
      tabindex: 0,
      onpointermove: (event) => this.point(event),
      onpointerdown: (event) => this.point(event),
      onfocus: () => this.tell(),
      onkeydown: (event) => this.step(event),
    });
    const scale = made("div", { class: "scale" });
    return made("figure", { "data-map": index }, made("figcaption", {}, map.title), canvas, scale);
  }

  paint() {
    const hole = rgb(colour("hole"));
    this.crossbar.maps.forEach((map, index) => {
      const figure = $(`[data-map="${index}"]`, this.element), values = this.values[index];
      const limits = index < 2 ? this.pair : range(values, map.scale), stops = stopsOf(map.scale);
      const context = $("canvas.map", figure).getContext("2d");
      const image = context.createImageData(this.crossbar.columns, this.crossbar.rows);
      for (let k = 0; k < values.length; k++) {
        const known = !Number.isNaN(values[k]);
        const [r, g, b] = known ? blend(stops, shareOf(values[k], limits, map.scale)) : hole;
        image.data.set([r, g, b, 255], 4 * k);
      }
      context.putImageData(image, 0, 0);
      this.legend($(".scale", figure), map, limits, stops);
    });
  }

  legend(element, map, { least, most }, stops) {
    const bar = made("canvas", { width: 100, height: 1 }), context = bar.getContext("2d");
    for (let k = 0; k < 100; k++) {
      context.fillStyle = `rgb(${blend(stops, k / 99).join(",")})`;
      context.fillRect(k, 0, 1, 1);
    }
    const text = (value) => (map.scale === "count" ? String(value) : withUnit(value, map.unit, 3));
    element.replaceChildren(text(least), bar, `${text(most)}${map.scale === "log" ? " (log)" : ""}`);
  }

  point(event) {
    const box = event.target.getBoundingClientRect(), { rows, columns } = this.crossbar;
    const column = Math.min(columns - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * columns)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * rows)));
    this.at = { row, column };
    this.tell();
  }

  step(event) {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const within = (place, count) => Math.min(count - 1, Math.max(0, place));
    this.at.row = within(this.at.row + move[0], this.crossbar.rows);
    this.at.column = within(this.at.column + move[1], this.crossbar.columns);
    this.tell();
  }

  tell() {
    const { columns, block, maps } = this.crossbar, { row, column } = this.at;
    const told = maps.map((map, index) => {
      const value = this.values[index][row * columns + column];
      return `${map.title} ${Number.isNaN(value) ? "no device" : map.scale === "count" ? value : withUnit(value, map.unit, 5)}`;
    });
    const where = block > 1 ? `around word line ${row * block}, bit line ${column * block}` : `word line ${row}, bit line ${column}`;
    this.told.textContent = `${where}: ${told.join("; ")}`;
  }
}
