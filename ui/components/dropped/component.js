// Row 0 of every array is prediction, with all units on; rows 1 to `passes` are training steps, each with its mask.
// @ts-check
import { mount } from "../mount.js";
import { makePlayer } from "../player.js";
import { coloursOf } from "../raster.js";
import { argmax, clamp, decoded, finder, fixed, onArrow, percent, set, setStyles } from "../shared.js";

/**
 * @typedef {object} Data
 * @property {number} count units @property {number} rate @property {string} values @property {number} limit of their colours
 * @property {string} totals @property {string} scores @property {string} probabilities @property {number} passes @property {number} classes
 * @property {Record<string, string>} colours @property {number} seed
 */
const STEP_MS = 350;
const COLUMNS = 16;
const AXIS = { left: 22, right: 12, top: 2, row: 20 };

function createView(root) {
  const find = finder(root);
  const [grid, svg] = [find(".grid"), find("svg")];
  const state = { step: 0, unit: 0 };
  let now; // what Python sent, decoded

  const row = (array, step, size) => array.subarray(step * size, (step + 1) * size);
  const winner = (step) => argmax(row(now.probabilities, step, now.classes));

  function drawUnits() {
    const values = row(now.values, state.step, now.count);
    const isOff = (k) => state.step > 0 && values[k] === 0 && now.values[k] > 0;
    [...grid.children].forEach((unit, k) => {
      unit.style.background = isOff(k) ? "none" : coloursOf(values[k], { kind: "sequential", limit: now.limit })[0];
      unit.classList.toggle("off", isOff(k));
      unit.classList.toggle("here", k === state.unit);
    });
    const [plain, value] = [now.values[state.unit], values[state.unit]];
    const words = plain === 0 ? `Unit ${state.unit} passes on 0: on or off, nothing changes.`
      : state.step === 0 ? `Unit ${state.unit} passes on ${fixed(plain)}.`
        : value === 0 ? `Unit ${state.unit} has ${fixed(plain)}, but is off in this step: 0.`
          : `Unit ${state.unit}: ${fixed(plain)} × 1 / (1 − ${now.rate}) = ${fixed(value)}`;
    find(".unit").textContent = words;
    set(grid, { "aria-valuemax": now.count - 1, "aria-valuenow": state.unit, "aria-valuetext": words });
  }

  function drawScores() {
    const width = Math.max(svg.clientWidth, 200);
    const low = Math.min(...now.scores);
    const high = Math.max(...now.scores);
    const x = (score) => AXIS.left + ((score - low) / (high - low || 1)) * (width - AXIS.left - AXIS.right);
    const y = (k) => AXIS.top + (k + 0.5) * AXIS.row;
    const bottom = y(now.classes - 1) + 24;
    find(".rows").innerHTML = Array.from({ length: now.classes }, (_, k) => `<text x="2" y="${y(k) + 4}">${k}</text>
      <line x1="${AXIS.left}" x2="${width - AXIS.right}" y1="${y(k)}" y2="${y(k)}"/>
      <line class="plain" x1="${x(now.scores[k])}" x2="${x(now.scores[k])}" y1="${y(k) - 8}" y2="${y(k) + 8}"/>`).join("")
    + `<text x="${AXIS.left}" y="${bottom}">${fixed(low, 1)}</text><text x="${width - AXIS.right}" y="${bottom}" text-anchor="end">${fixed(high, 1)}</text>`;
    const dots = [];
    for (let step = 1; step <= state.step; step++) {
      const latest = step === state.step;
      row(now.scores, step, now.classes).forEach((score, k) => dots.push(
        `<circle class="${latest ? "latest" : ""}" cx="${x(score)}" cy="${y(k)}" r="${latest ? 5.5 : 4}"/>`,
      ));
    }
    find(".dots").innerHTML = dots.join("");
  }

  function tell() {
    const { step } = state;
    const values = row(now.values, step, now.count);
    const off = values.filter((value, k) => value === 0 && now.values[k] > 0).length;
    const awake = row(now.values, 0, now.count).filter((value) => value > 0).length;
    const first = winner(0);
    const reading = `It reads a <b>${winner(step)}</b>, ${percent(Math.max(...row(now.probabilities, step, now.classes)))}.`;
    find(".state").innerHTML = step === 0
      ? `<b>Prediction: dropout is off.</b> Every unit passes on what it has; together <b class="total">${fixed(now.totals[0], 1)}</b>. ${reading}`
      : `<b>Training step ${step}:</b> <b class="off-count">${off}</b> of the ${awake} units that had something to say are off; the rest is × ${fixed(1 / (1 - now.rate))}. `
        + `Together <b class="total">${fixed(now.totals[step], 1)}</b> (all units: ${fixed(now.totals[0], 1)}). ${reading}`;
    const steps = Array.from({ length: step }, (_, k) => k + 1);
    const chances = steps.map((k) => now.probabilities[k * now.classes + first]);
    const same = steps.filter((k) => winner(k) === first).length;
    const mean = steps.reduce((sum, k) => sum + now.totals[k], 0) / step;
    find(".spread").innerHTML = step === 0 ? "Press <b>Next training step</b>: a new mask is drawn."
      : `After ${step} step${step > 1 ? "s" : ""}: read as a ${first} in <b>${same} of ${step}</b>, its probability between <b>${percent(Math.min(...chances))}</b> and <b>${percent(Math.max(...chances))}</b>. `
        + `Together, on average ${fixed(mean, 1)}; all units ${fixed(now.totals[0], 1)}: that is what the scaling is for.`;
    find("output").textContent = step === 0 ? "prediction" : `step ${step} of ${now.passes}`;
    find(".scrub").value = step;
    find(".play").textContent = player.isOn ? "❚❚ Pause" : `▶ ${now.passes} steps`;
    set(svg, { "aria-label": `Scores of the ten digits over ${step} training steps` });
  }

  function draw() {
    drawUnits();
    drawScores();
    tell();
  }

  function goTo(step) {
    state.step = clamp(step, 0, now.passes);
    draw();
  }

  const player = makePlayer(root, { pace: () => STEP_MS, step: () => ++state.step < now.passes, draw });

  function play() {
    if (!player.isOn && state.step >= now.passes) state.step = 0;
    if (!player.isOn) state.step++;
    player.toggle();
  }

  function read(unit) {
    player.pause();
    state.unit = clamp(unit, 0, now.count - 1);
    draw();
  }

  find(".step").addEventListener("click", () => { player.pause(); goTo(state.step >= now.passes ? 1 : state.step + 1); });
  find(".play").addEventListener("click", play);
  find(".scrub").addEventListener("input", (event) => { player.pause(); goTo(+event.target.value); });
  grid.addEventListener("pointermove", (event) => {
    const unit = [...grid.children].indexOf(event.target);
    if (unit >= 0 && (unit !== state.unit || player.isOn)) read(unit);
  });
  onArrow(grid, (rows, columns) => {
    const unit = state.unit + rows * COLUMNS + columns;
    if (unit >= 0 && unit < now.count) read(unit);
  });

  return {
    update(/** @type {Data} */ data) {
      const isNew = !now || now.seed !== data.seed || now.rate !== data.rate;
      now = decoded(data, "values", "totals", "scores", "probabilities");
      setStyles(root, data.colours);
      find(".scrub").max = now.passes;
      if (grid.children.length !== now.count) grid.innerHTML = "<i></i>".repeat(now.count);
      if (isNew) state.unit = argmax(row(now.values, 0, now.count));
      state.step = clamp(state.step, 0, now.passes);
      draw();
    },
    resize: drawScores,
    remove: player.pause,
  };
}

export default mount(createView);
