"use strict";
// The page of a run: put its parts together.

theme();

function searchDeck(box, parts) {
  const found = $("#deck-found");
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    let count = 0;
    for (const part of parts) {
      const pre = $("pre", part), text = pre.textContent;
      const hits = wanted ? text.toLowerCase().split(wanted).length - 1 : 0;
      part.hidden = Boolean(wanted) && !hits && !$("summary", part).textContent.toLowerCase().includes(wanted);
      part.open = Boolean(wanted) && hits > 0;
      count += hits;
      mark(pre, text, wanted);
    }
    found.textContent = wanted ? `${count} found` : "";
  });
}

const MOST_MARKS = 200;

function mark(pre, text, wanted) {
  if (!wanted) {
    pre.textContent = text;
    return;
  }
  const lower = text.toLowerCase(), parts = [];
  let start = 0;
  for (let k = 0; k < MOST_MARKS; k++) {
    const at = lower.indexOf(wanted, start);
    if (at < 0) break;
    parts.push(text.slice(start, at), made("mark", {}, text.slice(at, at + wanted.length)));
    start = at + wanted.length;
  }
  pre.replaceChildren(...parts, text.slice(start));
}

const worst = document.querySelector("[data-look]");
let waves = null;
if (embedded.waves.length) {
  waves = new Waves($("#waves"), embedded.waves);
  whenSeen($("#waves"), async () => {
    if (waves.circuit) return;
    if (worst) await waves.look(worst.dataset.look, Number(worst.dataset.t));
    else await waves.open(0, embedded.waves[0].signals.slice(0, 1).map((signal) => signal.name));
  });
}

for (const link of document.querySelectorAll("[data-look]")) {
  link.addEventListener("click", () => waves?.look(link.dataset.look, Number(link.dataset.t)).catch(failure));
}

const accuracy = new Accuracy($("#accuracy-charts"), embedded.outputs);
whenSeen($("#accuracy-charts"), () => accuracy.choose(Number($("#accuracy-charts").dataset.worst)));

document.querySelectorAll("[data-crossbar]").forEach((element) => {
  const crossbar = new Crossbar(element, embedded.crossbars[Number(element.dataset.crossbar)]);
  whenSeen(element, () => crossbar.draw());
});

const deckBox = $("#deck-search");
if (deckBox) searchDeck(deckBox, [...document.querySelectorAll(".deck-part")]);
