// Inputs on the left, units on the right. One unit is chosen: its edges are drawn, its products are written out.
// @ts-check
import { mount } from "../mount.js";
import { makePlayer } from "../player.js";
import { argmax, clamp, css, decoded, finder, fixed, onArrow, set, setStyles, still } from "../shared.js";

/**
 * @typedef {object} Data
 * @property {string} inputs @property {string} kernel units times inputs @property {string} bias @property {string} sums
 * @property {string} partial sums so far, units times inputs @property {string} outputs @property {string[]} labels of the units
 * @property {string} activation @property {number} selected @property {Record<string, string>} colours
 */
const MOST_TERMS = 16; // with more inputs, those that are zero are left out
const STEP_MS = 380;
const WIDEST = 9; // pixels of the largest weight's edge
const ROW = 30; // height of a unit

function createView(root) {
  const find = finder(root);
  const [picture, svg] = [find(".picture"), find("svg")];
  const state = { unit: 0, input: 0, given: undefined };
  let now; // what Python sent, decoded
  let place; // where things stand, in pixels

  const weight = (unit, input) => now.kernel[unit * now.count + input];
  const product = (unit, input) => weight(unit, input) * now.inputs[input];
  const side = (value) => (value > 0 ? "above" : value < 0 ? "below" : "");

  function measure() {
    const width = Math.max(picture.clientWidth, 300);
    const height = now.labels.length * ROW + 22;
    const cell = Math.min(24, (height - 22) / now.count);
    const top = 20 + (height - 22 - cell * now.count) / 2;
    const narrow = width < 520;
    place = {
      width,
      height,
      cell,
      top,
      inputX: cell >= 12 ? 44 : 14,
      unitX: width - (narrow ? 150 : 270),
      bar: narrow ? 30 : 130,
      inputY: (i) => top + (i + 0.5) * cell,
      unitY: (u) => 20 + (u + 0.5) * ROW,
    };
    set(svg, { viewBox: `0 0 ${width} ${height}`, height });
  }

  function drawFrame() {
    const { unitX, inputX, cell, inputY, unitY, bar, width } = place;
    const wide = Math.max(cell, 8);
    const greatest = Math.max(...now.inputs, 1);
    find(".faint").innerHTML = now.count > 40 ? "" : now.labels.map((_, u) => Array.from(now.inputs, (__, i) =>
      `<line x1="${inputX + wide}" y1="${inputY(i)}" x2="${unitX}" y2="${unitY(u)}"/>`).join("")).join("");
    find(".inputs").innerHTML = `<text class="heading" x="0" y="12">${now.count} inputs</text>` + Array.from(now.inputs, (value, i) => {
      const grey = Math.round((255 * value) / greatest);
      const number = cell >= 12 ? `<text x="${inputX - 6}" y="${inputY(i) + 4}" text-anchor="end">${fixed(value)}</text>` : "";
      return `${number}<rect data-input="${i}" x="${inputX}" y="${inputY(i) - cell / 2}" width="${wide}" height="${cell}" fill="${css([grey, grey, grey])}"/>`;
    }).join("");
    find(".units").innerHTML = `<text class="heading" x="${unitX + 26}" y="12">sum</text>
      <text class="heading" x="${width - 4}" y="12" text-anchor="end">${now.activation}</text>` + now.labels.map((label, u) => `
      <g data-unit="${u}"><rect class="row" x="${unitX}" y="${unitY(u) - ROW / 2 + 1}" width="${width - unitX - 1}" height="${ROW - 2}" rx="5"/>
      <text x="${unitX + 9}" y="${unitY(u) + 5}">${label}</text>
      <text x="${unitX + 74}" y="${unitY(u) + 5}" text-anchor="end">${fixed(now.sums[u])}</text>
      <rect class="bar" x="${unitX + 84}" y="${unitY(u) - 6}" width="${Math.max(1, bar * now.outputs[u])}" height="12" rx="2"/>
      <text x="${width - 4}" y="${unitY(u) + 5}" text-anchor="end">${fixed(now.outputs[u])}</text></g>`).join("");
  }

  function drawEdges() {
    const { unitX, inputX, cell, inputY, unitY } = place;
    const shown = find(".products").checked ? product : weight;
    const values = now.labels.map((_, u) => Array.from(now.inputs, (__, i) => shown(u, i)));
    const largest = Math.max(...values.flat().map(Math.abs), 1e-9);
    const walking = player.isOn;
    find(".edges").innerHTML = values[state.unit].map((value, i) => {
      const waiting = walking && i > state.input;
      return `<line data-input="${i}" class="${side(value)}" x1="${inputX + Math.max(cell, 8)}" y1="${inputY(i)}" x2="${unitX}" y2="${unitY(state.unit)}"
        stroke="var(--${side(value) || "st-border-color"})" stroke-width="${((WIDEST * Math.abs(value)) / largest).toFixed(2)}"
        opacity="${waiting ? 0.12 : i === state.input ? 1 : 0.62}"/>`;
    }).join("");
    root.querySelectorAll(".inputs rect").forEach((element, i) => element.classList.toggle("here", i === state.input));
    root.querySelectorAll(".units g").forEach((element, u) => element.classList.toggle("chosen", u === state.unit));
  }

  const isTerm = (i) => now.count <= MOST_TERMS || now.inputs[i] !== 0;

  function write() {
    const [u, i] = [state.unit, state.input];
    const walking = player.isOn;
    find(".sentence").innerHTML = `Input ${i}: ${fixed(now.inputs[i])} × weight ${fixed(weight(u, i))} = <b>${fixed(product(u, i))}</b>`
      + ` &nbsp;·&nbsp; sum so far <b class="so-far">${fixed(now.partial[u * now.count + i])}</b>`;
    const indices = Array.from(now.inputs.keys()).filter(isTerm);
    find(".terms").innerHTML = indices.map((k) => `<li data-input="${k}" class="${side(product(u, k))} ${k === i ? "here" : ""}"
      style="opacity:${walking && k > i ? 0.35 : 1}">${fixed(now.inputs[k])} × ${fixed(weight(u, k))} = <span>${fixed(product(u, k))}</span></li>`).join("");
    const zeros = now.count - indices.length;
    const all = now.partial[(u + 1) * now.count - 1];
    find(".result").innerHTML = `All products of unit <b>${now.labels[u]}</b>: <b class="dot">${fixed(all)}</b> + bias <b class="bias">${fixed(now.bias[u])}</b>`
      + ` = <b class="sum">${fixed(now.sums[u])}</b> &nbsp;→ ${now.activation} →&nbsp; <b class="output">${fixed(now.outputs[u], 3)}</b>`
      + (zeros ? ` <small>(${zeros} of the ${now.count} inputs are 0 and add nothing)</small>` : "");
    set(picture, {
      "aria-valuemax": now.labels.length - 1,
      "aria-valuenow": u,
      "aria-valuetext": `Unit ${now.labels[u]}: sum ${fixed(now.sums[u])}, ${now.activation} ${fixed(now.outputs[u], 3)}. Input ${i}: ${fixed(now.inputs[i])} times weight ${fixed(weight(u, i))}`,
    });
    find(".play").textContent = walking ? "❚❚ Pause" : "▶ Add up";
  }

  function draw() {
    drawEdges();
    write();
    if (player.isOn) { // the box scrolls, the page does not
      const [box, line] = [find(".terms"), find(".terms .here")];
      if (line) box.scrollTop = line.offsetTop - box.offsetTop - 40;
    }
  }

  function go(unit, input) {
    player.pause();
    state.unit = clamp(unit, 0, now.labels.length - 1);
    state.input = clamp(input, 0, now.count - 1);
    draw();
  }

  const next = (from, by) => {
    let i = from + by;
    while (i > 0 && i < now.count - 1 && !isTerm(i)) i += by;
    return i;
  };

  const player = makePlayer(root, {
    pace: () => (still() ? 2 * STEP_MS : STEP_MS),
    step: () => {
      state.input = Math.min(next(state.input, 1), now.count - 1);
      return state.input < now.count - 1;
    },
    draw,
  });

  function play() {
    if (!player.isOn && state.input >= now.count - 1) state.input = 0;
    player.toggle();
  }

  function follow(event) {
    const box = svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, ((event.clientY - box.top) / box.height) * place.height];
    if (x >= place.unitX - 10) go(Math.floor((y - 20) / ROW), state.input);
    else if (x <= place.inputX + 34) go(state.unit, Math.floor((y - place.top) / place.cell));
  }

  picture.addEventListener("pointermove", follow);
  picture.addEventListener("click", follow);
  find(".terms").addEventListener("pointermove", (event) => {
    const line = event.target.closest("li");
    if (line && +line.dataset.input !== state.input) go(state.unit, +line.dataset.input);
  });
  onArrow(picture, (units, inputs) => go(state.unit + units, inputs ? next(state.input, inputs) : state.input));
  find(".play").addEventListener("click", play);
  find(".back").addEventListener("click", () => go(state.unit, next(state.input, -1)));
  find(".next").addEventListener("click", () => go(state.unit, next(state.input, 1)));
  find(".products").addEventListener("change", drawEdges);
  const redraw = () => { measure(); drawFrame(); draw(); };

  return {
    update(/** @type {Data} */ data) {
      now = decoded(data, "inputs", "kernel", "bias", "sums", "partial", "outputs");
      now.count = now.inputs.length;
      setStyles(root, data.colours);
      if (state.given !== data.selected) state.unit = data.selected;
      state.given = data.selected;
      state.unit = clamp(state.unit, 0, now.labels.length - 1);
      if (state.count !== now.count || !isTerm(state.input)) state.input = argmax(now.inputs);
      state.count = now.count;
      redraw();
    },
    resize: redraw,
    remove: player.pause,
  };
}

export default mount(createView);
