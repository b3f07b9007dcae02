// Panels that show the same place: one marked place, as shares of width and height, read in each panel's own grid.
import { ARROWS, bytes, clamp, floats } from "../shared.js";
const WIDTH = 280; // canvas pixels before the screen's own ratio
const OUTLINE = { signed: "#111", unsigned: "#fff" };

const short = (value) => `${+value.toPrecision(2)}`;
const read = (value, signed) => (Number.isNaN(value) ? "not a number" : `${signed && value > 0 ? "+" : ""}${+value.toPrecision(3)}`);

function createView(root) {
  const group = root.querySelector(".panels");
  const spoken = root.querySelector(".spoken");
  let now; // what Python sent, decoded
  let place = { x: 0.5, y: 0.5 };

  function paint(canvas, panel) {
    const [height, width] = panel.shape;
    const picture = new ImageData(width, height);
    panel.index.forEach((entry, k) => picture.data.set([...panel.table.subarray(3 * entry, 3 * entry + 3), 255], 4 * k));
    const scratch = new OffscreenCanvas(width, height);
    scratch.getContext("2d").putImageData(picture, 0, 0);
    canvas.width = WIDTH * devicePixelRatio;
    canvas.height = (canvas.width * height) / width;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
    if (panel.outlined && now.ink) drawOutline(context, canvas, panel);
  }

  function drawOutline(context, canvas, panel) {
    const { shape: [rows, columns], values } = now.ink;
    const inked = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns && values[row * columns + column] > 0.5;
    const [x, y] = [canvas.width / columns, canvas.height / rows];
    context.beginPath();
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        if (inked(row, column) !== inked(row - 1, column)) { context.moveTo(column * x, row * y); context.lineTo((column + 1) * x, row * y); }
        if (inked(row, column) !== inked(row, column - 1)) { context.moveTo(column * x, row * y); context.lineTo(column * x, (row + 1) * y); }
      }
    }
    context.lineWidth = 1.5 * devicePixelRatio;
    context.strokeStyle = panel.signed ? OUTLINE.signed : OUTLINE.unsigned;
    context.stroke();
  }

  function drawLegend(figure, panel) {
    const scale = figure.querySelector(".scale");
    scale.width = 255;
    scale.height = 1;
    const picture = new ImageData(255, 1);
    for (let k = 0; k < 255; k++) picture.data.set([...panel.table.subarray(3 * k, 3 * k + 3), 255], 4 * k);
    scale.getContext("2d").putImageData(picture, 0, 0);
    figure.querySelector(".low").textContent = panel.signed ? `-${short(panel.limit)}` : "0";
    figure.querySelector(".middle").textContent = panel.signed ? "0" : "";
    figure.querySelector(".high").textContent = `${panel.signed ? "+" : ""}${short(panel.limit)}`;
  }

  function sentence({ title, shape: [height, width], values, signed }) {
    const [least, largest] = [Math.min(...values), Math.max(...values)];
    return `${title}: ${height} x ${width}, ${least === largest ? `all ${read(least, signed)}` : `from ${read(least, signed)} to ${read(largest, signed)}`}`;
  }

  const cellOf = ({ shape: [height, width] }) => [
    clamp(Math.floor(place.y * height), 0, height - 1),
    clamp(Math.floor(place.x * width), 0, width - 1),
  ];

  function mark(shown) {
    const said = now.panels.map((panel, k) => {
      const figure = group.children[k];
      const [row, column] = cellOf(panel);
      const [height, width] = panel.shape;
      const value = read(panel.values[row * width + column], panel.signed);
      Object.assign(figure.querySelector(".cell").style, {
        display: shown ? "block" : "none",
        left: `${(100 * column) / width}%`,
        width: `${100 / width}%`,
        top: `${(100 * row) / height}%`,
        height: `${100 / height}%`,
      });
      figure.querySelector(".reading").textContent = shown ? value : "";
      return `${panel.title}: row ${row}, column ${column}, ${value}`;
    });
    spoken.textContent = shown && document.activeElement && group.matches(":focus") ? said.join(". ") : "";
  }

  function build() {
    group.innerHTML = now.panels.map(() => `<figure><b></b><div class="stage"><canvas class="picture"></canvas><i class="cell"></i></div>
      <div class="below"><span class="legend"><canvas class="scale"></canvas><span class="low"></span><span class="middle"></span><span class="high"></span></span>
      <span class="reading"></span></div><figcaption></figcaption></figure>`).join("");
    group.querySelectorAll(".stage").forEach((stage) => {
      ["pointermove", "pointerdown"].forEach((kind) => stage.addEventListener(kind, (event) => {
        const box = stage.getBoundingClientRect();
        place = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
        mark(true);
      }));
      stage.addEventListener("pointerleave", () => mark(group.matches(":focus-visible")));
    });
  }

  // Arrow keys go by the finest grid.
  group.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const finest = now.panels.reduce((best, panel) => (panel.shape[1] > best.shape[1] ? panel : best));
    const [row, column] = cellOf(finest);
    place = {
      y: (clamp(row + step[0], 0, finest.shape[0] - 1) + 0.5) / finest.shape[0],
      x: (clamp(column + step[1], 0, finest.shape[1] - 1) + 0.5) / finest.shape[1],
    };
    mark(true);
  });
  group.addEventListener("focus", () => group.matches(":focus-visible") && mark(true));
  group.addEventListener("blur", () => mark(false));

  return (data) => {
    now = {
      ink: data.ink && { ...data.ink, values: floats(data.ink.values) },
      panels: data.panels.map((panel) => ({ ...panel, values: floats(panel.values), index: bytes(panel.index), table: bytes(panel.table) })),
    };
    group.style.setProperty("--size", `${data.size}px`);
    group.setAttribute("aria-label", `${data.describe} Arrow keys read the same place in all pictures.`);
    if (group.children.length !== now.panels.length) build();
    now.panels.forEach((panel, k) => {
      const figure = group.children[k];
      figure.querySelector("b").textContent = panel.title;
      figure.querySelector("figcaption").textContent = panel.note;
      const canvas = figure.querySelector(".picture");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", sentence(panel));
      paint(canvas, panel);
      drawLegend(figure, panel);
    });
    mark(root.querySelector(".stage:hover") !== null || group.matches(":focus-visible"));
  };
}

const views = new WeakMap(); // DOM node -> its update

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root)(data);
}
