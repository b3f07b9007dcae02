// Cells that can be inked. Python is told when a key or the pointer is let go, and only if something has changed.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, markBox, within } from "../raster.js";
import { ARROWS, bytes, css, finder, setStyles } from "../shared.js";

/** @typedef {{start: string, size: number}} Data 28 x 28 bytes, ink towards 255; side in pixels */
const SIDE = 28;
const HINT = "Arrow keys move, space inks, 0 to 9 shade, shift and arrows draw. Or paint with mouse or finger.";
const SCALE = 10; // the canvas's pixels a cell

function createView(root) {
  const [canvas, say] = ["canvas", ".say"].map(finder(root));
  canvas.width = canvas.height = SIDE * SCALE;
  let at = [14, 14]; // row and column
  let values = bytes("");
  let given;
  let sent;
  let send;
  let brush = null; // what the pointer paints while it is down

  function draw() {
    const context = canvas.getContext("2d");
    values.forEach((value, k) => {
      context.fillStyle = css([value, value, value]);
      context.fillRect((k % SIDE) * SCALE, Math.floor(k / SIDE) * SCALE, SCALE, SCALE);
    });
    context.strokeStyle = "#8888";
    context.beginPath();
    for (let k = 1; k < SIDE; k++) {
      context.moveTo(k * SCALE, 0); context.lineTo(k * SCALE, SIDE * SCALE);
      context.moveTo(0, k * SCALE); context.lineTo(SIDE * SCALE, k * SCALE);
    }
    context.stroke();
    if (root.getRootNode().activeElement !== canvas) return;
    markBox(context, [at[1] * SCALE - 0.5, at[0] * SCALE - 0.5, SCALE + 1, SCALE + 1], "#fb3");
    context.lineWidth = 1;
  }

  const place = () => at[0] * SIDE + at[1];
  const ink = (value) => { values[place()] = value; };
  const opposite = () => (values[place()] > 127 ? 0 : 255);

  function show() {
    draw();
    say.textContent = `Row ${at[0]}, column ${at[1]}: ${values[place()]}`;
  }

  function done() {
    const now = btoa(String.fromCharCode(...values));
    if (now !== sent) send(now);
    sent = now;
  }

  const under = (event) => cellAt(canvas.getBoundingClientRect(), event, SIDE, SIDE);

  function paint(event) {
    const [from, to] = [at, under(event)];
    const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
    for (let step = 1; step <= steps; step++) {
      at = from.map((start, axis) => Math.round(start + ((to[axis] - start) * step) / steps));
      ink(brush);
    }
    show();
  }

  canvas.addEventListener("keydown", (event) => {
    const move = ARROWS[event.key];
    const isShade = /^[0-9]$/.test(event.key);
    if ((!move && !isShade && event.key !== " ") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (move) {
      if (event.shiftKey) ink(255);
      at = within([at[0] + move[0], at[1] + move[1]], SIDE, SIDE);
      if (event.shiftKey) ink(255);
    } else ink(isShade ? Math.round((255 * +event.key) / 9) : opposite());
    show();
  });
  canvas.addEventListener("keyup", done);
  canvas.addEventListener("blur", () => { done(); draw(); say.textContent = HINT; });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at = under(event);
    brush = opposite();
    paint(event);
  });
  canvas.addEventListener("pointermove", (event) => brush !== null && paint(event));
  ["pointerup", "pointercancel"].forEach((kind) => canvas.addEventListener(kind, () => { brush = null; done(); }));
  say.textContent = HINT;

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      send = (cells) => setStateValue("cells", cells);
      setStyles(root, { size: `${data.size}px` });
      if (data.start !== given) {
        given = sent = data.start;
        values = bytes(data.start);
      }
      draw();
    },
  };
}

export default mount(createView);
