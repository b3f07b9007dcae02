// One picture as a grid of numbers that can be zoomed until they can be read, and its three planes that can be pulled apart.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, forNumbers, inCell, layOver, markBox, textOn, within } from "../raster.js";
import { ARROWS, bytes, clamp, css, finder, floats, short } from "../shared.js";

/** @typedef {{name: string, shape: [number, number, number], pixels: string, scales: [string, string][], describe: string}} Data */
const VIEW = 400; // pixels, the picture's longer side at most
const LARGEST_CELL = 64;
const ROOM_FOR_NUMBERS = { 1: 24, 3: 36 }; // pixels a cell, by the number of channels
const READABLE_CELL = { 1: 32, 3: 48 };
const CHANNELS = { 1: ["grey"], 3: ["red", "green", "blue"] };
const TINTS = ["#f00", "#0f0", "#00f"];
const FAR = 8; // cells that Shift and an arrow go
const GAP = 10;

const kept = new Map(); // where a learner was in a picture, for when its page comes back

function createView(root) {
  const find = finder(root);
  const holder = find(".picture");
  const canvas = holder.querySelector("canvas");
  const stage = find(".stage");
  const state = { scale: 0, row: 0, column: 0, cell: 0, zoom: 1, left: 0, top: 0, name: "", drag: null };
  let now; // what Python sent, decoded
  let scratch; // the picture, one canvas pixel a pixel

  const fit = () => Math.min(VIEW, find(".part").clientWidth) / Math.max(now.height, now.width);
  const largest = () => Math.max(LARGEST_CELL, fit());
  const view = () => ({ width: Math.round(now.width * fit()), height: Math.round(now.height * fit()) });
  const values = () => now.values[state.scale];
  const colourOf = (k) => [0, 1, 2].map((c) => now.pixels[k * now.channels + Math.min(c, now.channels - 1)]);

  // The picture, or one of its planes alone.
  function painted(channel = null) {
    const picture = new ImageData(now.width, now.height);
    for (let k = 0; k < now.width * now.height; k++) {
      picture.data.set([...colourOf(k).map((value, c) => (channel === null || channel === c ? value : 0)), 255], 4 * k);
    }
    return picture;
  }

  // The picture, zoomed: `cell` pixels a pixel, `left` and `top` the first cell in view.

  function draw() {
    const { width, height } = view();
    const zoomed = state.cell > fit() * 1.001;
    state.left = clamp(state.left, 0, now.width - width / state.cell);
    state.top = clamp(state.top, 0, now.height - height / state.cell);
    const ratio = devicePixelRatio;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.imageSmoothingEnabled = false;
    context.drawImage(scratch, -state.left * state.cell, -state.top * state.cell, now.width * state.cell, now.height * state.cell);
    if (state.cell >= ROOM_FOR_NUMBERS[now.channels]) writeNumbers(context, width, height);
    drawCell(context);
    holder.classList.toggle("zoomed", zoomed);
    find(".zoom").value = Math.log(state.cell / fit()) / Math.log(largest() / fit()) || 0;
    find(".whole").disabled = find(".out").disabled = !zoomed;
    find(".in").disabled = state.cell > largest() * 0.999;
    tell();
  }

  function writeNumbers(context, width, height) {
    const { cell, left, top } = state;
    const lines = now.channels;
    const size = Math.min(cell / (lines === 1 ? 2.4 : 3.6), 17);
    forNumbers(canvas, size);
    for (let row = Math.floor(top); row < Math.min(now.height, top + height / cell); row++) {
      for (let column = Math.floor(left); column < Math.min(now.width, left + width / cell); column++) {
        const k = row * now.width + column;
        context.fillStyle = textOn(colourOf(k));
        for (let c = 0; c < lines; c++) {
          const y = (row - top + 0.5) * cell + (c - (lines - 1) / 2) * size * 1.05;
          context.fillText(inCell(values()[k * lines + c], cell), (column - left + 0.5) * cell, y, cell * 0.94);
        }
      }
    }
  }

  function drawCell(context) {
    const size = Math.max(state.cell, 5);
    markBox(context, [(state.column - state.left) * state.cell - 0.5, (state.row - state.top) * state.cell - 0.5, size + 1, size + 1]);
  }

  function tell() {
    const k = state.row * now.width + state.column;
    const numbers = CHANNELS[now.channels].map((_, c) => short(values()[k * now.channels + c]));
    const words = now.channels === 1 ? numbers : CHANNELS[3].map((name, c) => `${name} ${numbers[c]}`);
    find(".readout span").textContent = `row ${state.row}, column ${state.column} · ${words.join(", ")}`;
    find(".swatch").style.background = css(colourOf(k));
    root.querySelectorAll(".channels b").forEach((b, c) => { b.textContent = numbers[c]; });
    stage.querySelectorAll(".cell").forEach((mark) => layOver(mark, [state.row, state.column], [now.height, now.width]));
  }

  // Zooming keeps the marked cell where it is; from the whole picture it comes to the middle.
  function zoomTo(cell) {
    const next = clamp(cell, fit(), largest());
    const { width, height } = view();
    state.left = state.column + 0.5 - width / next / 2;
    state.top = state.row + 0.5 - height / next / 2;
    state.cell = next;
    state.zoom = next / fit() || 1;
    draw();
  }

  function choose(scale) {
    state.scale = scale;
    root.querySelectorAll(".scales button").forEach((button, i) => button.setAttribute("aria-pressed", i === scale));
    draw();
  }

  function goTo(row, column) {
    [state.row, state.column] = within([row, column], now.height, now.width);
    const { width, height } = view();
    state.left = clamp(state.left, state.column + 1 - width / state.cell, state.column);
    state.top = clamp(state.top, state.row + 1 - height / state.cell, state.row);
    draw();
  }

  const read = (/** @type {number[]} */ [row, column]) => {
    [state.row, state.column] = within([row, column], now.height, now.width);
    draw();
  };

  function pointed(event) {
    if (state.drag && event.buttons && holder.classList.contains("zoomed")) {
      state.left = state.drag.left - (event.clientX - state.drag.x) / state.cell;
      state.top = state.drag.top - (event.clientY - state.drag.y) / state.cell;
      if (Math.hypot(event.clientX - state.drag.x, event.clientY - state.drag.y) > 3) return draw();
    }
    const { left, top } = canvas.getBoundingClientRect();
    return read([state.top + (event.clientY - top) / state.cell, state.left + (event.clientX - left) / state.cell].map(Math.floor));
  }

  // The planes: each in its own colour of light, laid over each other by adding.

  function drawPlanes() {
    stage.innerHTML = CHANNELS[3].map(() => "<div class=\"plane\"><canvas></canvas><i class=\"cell\"></i></div>").join("");
    stage.querySelectorAll("canvas").forEach((plane, channel) => {
      Object.assign(plane, { width: now.width, height: now.height });
      plane.getContext("2d").putImageData(painted(channel), 0, 0);
      plane.addEventListener("pointermove", (event) => read(cellAt(plane.getBoundingClientRect(), event, now.height, now.width)));
    });
    placePlanes();
  }

  function placePlanes() {
    const apart = +find(".apart").value;
    const room = stage.clientWidth;
    const cell = (room - GAP) / 2 / Math.max(now.width, now.height);
    const [width, height] = [now.width * cell, now.height * cell];
    stage.style.height = `${2 * height + GAP}px`;
    const middle = [(room - width) / 2, (height + GAP) / 2];
    const corners = [[0, 0], [room - width, 0], [middle[0], height + GAP]];
    const on = [...root.querySelectorAll(".channels input")].map((box) => box.checked);
    stage.querySelectorAll(".plane").forEach((plane, c) => {
      const [left, top] = [0, 1].map((axis) => middle[axis] + apart * (corners[c][axis] - middle[axis]));
      Object.assign(plane.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      plane.hidden = !on[c];
    });
    const shown = CHANNELS[3].filter((_, c) => on[c]).join(", ") || "none";
    stage.setAttribute("aria-label", `The planes ${apart === 0 ? "together: the picture" : "apart"}. Shown: ${shown}.`);
  }

  holder.addEventListener("keydown", (event) => {
    const [rows, columns] = ARROWS[event.key] ?? [0, 0];
    const far = event.shiftKey ? FAR : 1;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (rows || columns) goTo(state.row + rows * far, state.column + columns * far);
    else if (event.key === "+" || event.key === "=") zoomTo(state.cell * 1.5);
    else if (event.key === "-") zoomTo(state.cell / 1.5);
    else if (event.key === "0" || event.key === "Escape") zoomTo(0);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", pointed);
  canvas.addEventListener("pointerdown", (event) => {
    state.drag = { x: event.clientX, y: event.clientY, left: state.left, top: state.top };
    canvas.setPointerCapture(event.pointerId);
    pointed(event);
  });
  canvas.addEventListener("pointerup", () => { state.drag = null; });
  canvas.addEventListener("dblclick", () => zoomTo(READABLE_CELL[now.channels]));
  find(".in").addEventListener("click", () => zoomTo(state.cell * 1.5));
  find(".out").addEventListener("click", () => zoomTo(state.cell / 1.5));
  find(".whole").addEventListener("click", () => zoomTo(0));
  find(".numbers").addEventListener("click", () => zoomTo(READABLE_CELL[now.channels]));
  find(".zoom").addEventListener("input", (event) => zoomTo(fit() * (largest() / fit()) ** +event.target.value));
  find(".apart").addEventListener("input", placePlanes);
  find(".channels").innerHTML = CHANNELS[3].map((name, c) =>
    `<label><input type="checkbox" checked><i style="background: ${TINTS[c]}"></i>${name} <b></b></label>`).join("");
  find(".channels").addEventListener("change", placePlanes);
  find(".scales").addEventListener("click", (event) => event.target.tagName === "BUTTON" && choose(+event.target.value));
  return {
    update(/** @type {Data} */ data) {
      const [height, width, channels] = data.shape;
      const isNew = state.name !== `${data.name} ${data.shape}`;
      state.name = `${data.name} ${data.shape}`;
      now = { height, width, channels, pixels: bytes(data.pixels), values: data.scales.map(([, numbers]) => floats(numbers)) };
      if (find(".scales").children.length !== data.scales.length) {
        find(".scales").innerHTML = data.scales.map(([name], i) => `<button type="button" value="${i}">${name}</button>`).join("");
      }
      find(".scales").hidden = data.scales.length < 2;
      scratch = new OffscreenCanvas(width, height);
      scratch.getContext("2d").putImageData(painted(), 0, 0);
      holder.setAttribute("aria-label", `${data.describe} Arrow keys read the pixels, plus and minus zoom.`);
      find(".planes").hidden = channels === 1;
      const middle = { row: Math.floor(height / 2), column: Math.floor(width / 2), zoom: 1 };
      if (isNew) Object.assign(state, kept.get(state.name) ?? middle);
      if (channels === 3) drawPlanes();
      if (isNew) zoomTo(state.zoom * fit());
      choose(Math.min(state.scale, data.scales.length - 1));
    },
    resize: () => {
      zoomTo(state.zoom * fit());
      if (now.channels === 3) placePlanes();
    },
    remove: () => {
      const { row, column, scale, zoom } = state;
      kept.set(state.name, { row, column, scale, zoom });
    },
  };
}

export default mount(createView);
