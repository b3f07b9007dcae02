// Cells that can be inked. Python is told when a key or the pointer is let go, and only if something has changed.
const SIDE = 28;
const HINT = "Arrow keys move, space inks, 0 to 9 shade, shift and arrows draw. Or paint with mouse or finger.";
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const SCALE = 10; // the canvas's pixels a cell

const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const encode = (values) => btoa(String.fromCharCode(...values));
const clamp = (value) => Math.min(Math.max(value, 0), SIDE - 1);

function createView(root) {
  const [canvas, say] = [root.querySelector("canvas"), root.querySelector(".say")];
  canvas.width = canvas.height = SIDE * SCALE;
  const at = { row: 14, column: 14 };
  let values = new Uint8Array(SIDE * SIDE);
  let given;
  let told;
  let tell;
  let brush = null; // what the pointer paints while it is down

  function draw() {
    const context = canvas.getContext("2d");
    values.forEach((value, k) => {
      context.fillStyle = `rgb(${value} ${value} ${value})`;
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
    for (const [colour, inset] of [["#000", 0], ["#fb3", 1.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = 2.5;
      context.strokeRect(at.column * SCALE + inset - 1, at.row * SCALE + inset - 1, SCALE + 2 - 2 * inset, SCALE + 2 - 2 * inset);
    }
    context.lineWidth = 1;
  }

  function ink(value) {
    values[at.row * SIDE + at.column] = value;
  }

  function show() {
    draw();
    say.textContent = `Row ${at.row}, column ${at.column}: ${values[at.row * SIDE + at.column]}`;
  }

  function done() {
    const now = encode(values);
    if (now === told) return;
    told = now;
    tell("cells", now);
  }

  function paint(event) {
    const box = canvas.getBoundingClientRect();
    const [row, column] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width].map((part) => clamp(Math.floor(part * SIDE)));
    const steps = brush.last ? Math.max(Math.abs(row - at.row), Math.abs(column - at.column), 1) : 1;
    const from = brush.last ? { ...at } : { row, column };
    for (let step = 1; step <= steps; step++) {
      at.row = Math.round(from.row + ((row - from.row) * step) / steps);
      at.column = Math.round(from.column + ((column - from.column) * step) / steps);
      ink(brush.value);
    }
    brush.last = true;
    show();
  }

  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const isShade = /^[0-9]$/.test(event.key);
    if ((!move && !isShade && event.key !== " ") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (move) {
      if (event.shiftKey) ink(255);
      [at.row, at.column] = [clamp(at.row + move[0]), clamp(at.column + move[1])];
      if (event.shiftKey) ink(255);
    } else ink(isShade ? Math.round((255 * +event.key) / 9) : values[at.row * SIDE + at.column] > 127 ? 0 : 255);
    show();
  });
  canvas.addEventListener("keyup", done);
  canvas.addEventListener("blur", () => { done(); draw(); say.textContent = HINT; });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    brush = { value: 0, last: false };
    const box = canvas.getBoundingClientRect();
    const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * SIDE));
    const column = clamp(Math.floor(((event.clientX - box.left) / box.width) * SIDE));
    brush.value = values[row * SIDE + column] > 127 ? 0 : 255;
    paint(event);
  });
  canvas.addEventListener("pointermove", (event) => brush && paint(event));
  ["pointerup", "pointercancel"].forEach((kind) => canvas.addEventListener(kind, () => { brush = null; done(); }));
  say.textContent = HINT;

  return (data, setStateValue) => {
    tell = setStateValue;
    root.style.setProperty("--size", `${data.size}px`);
    if (data.start !== given) {
      given = told = data.start;
      values = decode(given);
    }
    draw();
  };
}

const views = new WeakMap(); // DOM node -> its view

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root)(data, setStateValue);
}
