"use strict";
// What every page shares: embedded arrays, numbers, theme, one place for trouble.

const embedded = JSON.parse(document.getElementById("embedded").textContent);
const $ = (selector, from = document) => from.querySelector(selector);

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children); // texts become text nodes: nothing in a name is markup
  return element;
}

// ---- arrays: the reverse of spicegen/report/page/pack.py ----------------------------------

async function inflated(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpacked(packed) {
  if (packed.values) return packed.values;
  const { n, kind } = packed;
  const planes = await inflated(packed.bytes);
  const wide = kind === "q16" ? 2 : 4;
  const whole = wide === 2 ? new Uint16Array(n) : new Uint32Array(n);
  for (let byte = 0; byte < wide; byte++) {
    const start = byte * n, shift = 8 * byte;
    for (let i = 0; i < n; i++) whole[i] |= planes[start + i] << shift;
  }
  let values;
  if (kind === "f32") {
    values = new Float32Array(whole.buffer);
  } else {
    values = kind === "q32" ? new Float64Array(n) : new Float32Array(n);
    let sum = 0;
    const modulo = kind === "q16" ? 0xffff : 0xffffffff;
    for (let i = 0; i < n; i++) {
      sum = (sum + whole[i]) & modulo;
      values[i] = packed.low + (sum >>> 0) * packed.step;
    }
  }
  packed.values = values;
  packed.bytes = null;
  return values;
}

// ---- numbers ------------------------------------------------------------------------------

const PREFIXES = { "-15": "f", "-12": "p", "-9": "n", "-6": "µ", "-3": "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T" };

function scaleOf(largest, unit) {
  if (!unit || !(largest > 0)) return { factor: 1, unit: unit || "" };
  const exponent = Math.min(12, Math.max(-15, 3 * Math.floor(Math.log10(largest) / 3 + 1e-9)));
  return { factor: 10 ** exponent, unit: PREFIXES[exponent] + unit };
}

function digits(value, count = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return String(Number(value.toPrecision(count)));
}

function withUnit(value, unit, count = 4) {
  if (value === null || Number.isNaN(value)) return "–";
  const scale = scaleOf(Math.abs(value), unit);
  return `${digits(value / scale.factor, count)} ${scale.unit}`.trim();
}

// ---- theme: the reader's, or the system's; paper is always light ------------------------------

const redraws = [];
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let chosen = null;

const colours = new Map(); // of the theme: a style is not asked for at every line drawn

function theme(name) {
  colours.clear();
  document.documentElement.dataset.theme = name || chosen || (dark.matches ? "dark" : "light");
  for (const redraw of redraws) redraw();
}

function colour(name) {
  if (!colours.has(name)) {
    colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  }
  return colours.get(name);
}

const CYCLE = ["c0", "c1", "c2", "c3", "c4", "c5"];
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

dark.addEventListener("change", () => theme());
const opened = []; // on paper the design is unfolded
window.addEventListener("beforeprint", () => {
  theme("light");
  for (const each of document.querySelectorAll("#design details:not([open])")) {
    each.open = true;
    opened.push(each);
  }
});
window.addEventListener("afterprint", () => {
  theme();
  for (const each of opened.splice(0)) each.open = false;
});
$("#theme").addEventListener("click", () => {
  chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  theme();
});

function failure(error) {
  $("#failure").textContent = `Part of this page could not be drawn: ${error.message || error}`;
  console.error(error);
}

window.addEventListener("error", (event) => failure(event.error || event));
window.addEventListener("unhandledrejection", (event) => failure(event.reason));

const once = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    once.unobserve(entry.target);
    entry.target.draw().catch(failure);
  }
}, { rootMargin: "600px" });

// Draw when the reader comes near; everything before it is printed.
function whenSeen(element, draw) {
  let drawn = null;
  element.draw = () => (drawn ??= draw());
  pending.push(element);
  once.observe(element);
}

// Another width is answered in the next frame: an answer at once may change widths again.
function whenResized(element, resize) {
  new ResizeObserver(() => requestAnimationFrame(() => resize(element.clientWidth))).observe(element);
}

const pending = [];
window.drawEverything = () => Promise.all(pending.map((element) => element.draw()));
window.addEventListener("beforeprint", () => window.drawEverything());
