// Panels that show the same place: one marked place, as shares of width and height, read in each panel's own grid.
// @ts-check
import { mount } from "../mount.js";
import { layOver, legend, paintLarge, within } from "../raster.js";
import { decoded, finder, onArrow, setStyles, short } from "../shared.js";

/**
 * @typedef {{title: string, shape: [number, number], values: string, kind: string, limit: number, note: string, outlined: boolean}} Panel
 * @typedef {{panels: Panel[], ink: {shape: [number, number], values: string} | null, size: number, describe: string}} Data
 */
const WIDTH = 280; // canvas pixels before the screen's own ratio
const OUTLINE = { diverging: "#111" }; // else white

function createView(root) {
  const find = finder(root);
  const group = find(".panels");
  let now; // what Python sent, decoded
  let place = { x: 0.5, y: 0.5 };

  const read = (value, { kind }) => `${kind === "diverging" && value > 0 ? "+" : ""}${short(value)}`;

  function drawOutline(canvas, kind) {
    const context = canvas.getContext("2d");
    const { shape: [rows, columns], values } = now.ink;
    const inked = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns && values[row * columns + column] > 0.5;
    const [x, y] = [canvas.width / columns, canvas.height / rows];
    const line = (row, column, down, right) => {
      if (inked(row, column) === inked(row - right, column - down)) return;
      context.moveTo(column * x, row * y);
      context.lineTo((column + right) * x, (row + down) * y);
    };
    context.globalAlpha = 1;
    context.beginPath();
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        line(row, column, 0, 1);
        line(row, column, 1, 0);
      }
    }
    context.lineWidth = 1.5 * devicePixelRatio;
    context.strokeStyle = OUTLINE[kind] ?? "#fff";
    context.stroke();
  }

  function sentence(panel) {
    const { title, shape: [height, width], values } = panel;
    const [least, largest] = [Math.min(...values), Math.max(...values)].map((value) => read(value, panel));
    return `${title}: ${height} x ${width}, ${least === largest ? `all ${least}` : `from ${least} to ${largest}`}`;
  }

  const cellOf = ({ shape: [height, width] }) => within([Math.floor(place.y * height), Math.floor(place.x * width)], height, width);

  function mark(shown) {
    const said = now.panels.map((panel, k) => {
      const [row, column] = cellOf(panel);
      const value = read(panel.values[row * panel.shape[1] + column], panel);
      const cell = group.children[k].querySelector(".cell");
      cell.style.display = shown ? "block" : "none";
      layOver(cell, [row, column], panel.shape);
      group.children[k].querySelector(".reading").textContent = shown ? value : "";
      return `${panel.title}: row ${row}, column ${column}, ${value}`;
    });
    find(".spoken").textContent = shown && document.activeElement && group.matches(":focus") ? said.join(". ") : "";
  }

  function build() {
    group.innerHTML = now.panels.map(() => `<figure><b></b><div class="stage"><canvas class="picture" role="img"></canvas><i class="cell"></i></div>
      <div class="below"><span class="legend"></span><span class="reading"></span></div><figcaption></figcaption></figure>`).join("");
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
  onArrow(group, (rows, columns) => {
    const finest = now.panels.reduce((best, panel) => (panel.shape[1] > best.shape[1] ? panel : best));
    const [row, column] = cellOf(finest);
    const [height, width] = finest.shape;
    [place.y, place.x] = within([row + rows, column + columns], height, width).map((at, axis) => (at + 0.5) / finest.shape[axis]);
    mark(true);
  });
  group.addEventListener("focus", () => group.matches(":focus-visible") && mark(true));
  group.addEventListener("blur", () => mark(false));

  return {
    update(/** @type {Data} */ data) {
      now = { ink: data.ink && decoded(data.ink, "values"), panels: data.panels.map((panel) => decoded(panel, "values")) };
      setStyles(group, { size: `${data.size}px` });
      group.setAttribute("aria-label", `${data.describe} Arrow keys read the same place in all pictures.`);
      if (group.children.length !== now.panels.length) build();
      now.panels.forEach((panel, k) => {
        const figure = group.children[k];
        figure.querySelector("b").textContent = panel.title;
        figure.querySelector("figcaption").textContent = panel.note;
        figure.querySelector(".legend").innerHTML = legend(panel);
        const canvas = figure.querySelector(".picture");
        canvas.setAttribute("aria-label", sentence(panel));
        paintLarge(canvas, WIDTH, { values: panel.values, columns: panel.shape[1], scale: panel, hasNumbers: false });
        if (panel.isOutlined && now.ink) drawOutline(canvas, panel.kind);
      });
      mark(find(".stage:hover") !== null || group.matches(":focus-visible"));
    },
  };
}

export default mount(createView);
