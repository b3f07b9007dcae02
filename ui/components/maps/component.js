// A grid of canvases; one of them at a time has the cell that is read, and one may be enlarged above the grid.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, coloursOf, layOver, legend, paint, paintLarge, wholeCells } from "../raster.js";
import { clamp, decoded, finder, onArrow, set, setStyles, short } from "../shared.js";

/**
 * @typedef {object} Data
 * @property {[number, number, number]} shape maps, height, width @property {string} values
 * @property {string} ranges least and largest of each map @property {number[]} limits @property {string[]} titles
 * @property {string} kind @property {"layer" | "map"} scale
 * @property {number | null} selected @property {boolean} report @property {boolean} enlarge @property {number} size
 * @property {string} describe
 */
const ENLARGED = { cell: 56, width: 680 }; // pixels at most
const VECTOR = { enlargedColumns: 24, cellWidth: 4, rowHeight: 14, leastHeight: 28 };

function createView(root) {
  const find = finder(root);
  const [grid, big] = [find(".grid"), find(".big")];
  const buttons = () => [...grid.querySelectorAll(".map")];
  const state = { map: 0, place: 0, enlarged: null, given: undefined };
  let now; // what Python sent, decoded
  let report;

  // A vector goes on in the next row where its cells would be too small to be told apart.
  function columnsWhen(enlarged) {
    if (now.height > 1) return now.width;
    const fitting = 2 ** Math.floor(Math.log2(Math.max(grid.clientWidth, VECTOR.cellWidth) / VECTOR.cellWidth));
    return Math.min(enlarged ? VECTOR.enlargedColumns : fitting, now.width);
  }

  const rowsWhen = (enlarged) => Math.ceil(now.size / columnsWhen(enlarged));
  const valuesOf = (map) => now.values.subarray(map * now.size, (map + 1) * now.size);
  const scaleOf = (map) => ({ kind: now.kind, limit: now.limits[map] });

  function paintSmall(canvas, map) {
    const columns = columnsWhen(false);
    paint(canvas, valuesOf(map), columns, scaleOf(map));
    const isStrip = now.height === 1;
    canvas.style.aspectRatio = isStrip ? "auto" : `${columns} / ${now.height}`;
    canvas.style.height = isStrip ? `${Math.max(VECTOR.leastHeight, VECTOR.rowHeight * rowsWhen(false))}px` : "";
  }

  function paintBig() {
    const columns = columnsWhen(true);
    const width = wholeCells(columns, Math.min(ENLARGED.width, ENLARGED.cell * columns, root.clientWidth));
    const canvas = big.querySelector("canvas");
    canvas.style.width = `${width}px`;
    paintLarge(canvas, width, { values: valuesOf(state.enlarged), columns, scale: scaleOf(state.enlarged) });
  }

  function rangeOf(map) {
    const [least, largest] = now.ranges.subarray(2 * map, 2 * map + 2);
    return Number.isNaN(least) ? "no finite value" : least === largest ? `all ${short(least)}` : `from ${short(least)} to ${short(largest)}`;
  }

  const sizeInWords = () => (now.height === 1 ? `${now.width} values` : `${now.height} x ${now.width}`);
  const sentence = (map) => `${now.titles[map]}: ${sizeInWords()}, ${rangeOf(map)}`;

  function createGrid() {
    grid.innerHTML = now.titles.map(() =>
      `<figure><button class="map" type="button"><canvas></canvas><i class="cell"></i></button><figcaption></figcaption></figure>`).join("");
    buttons().forEach((button, map) => listen(button, () => map));
  }

  function drawCell(shown) {
    const place = now.height === 1 ? `unit ${state.place}` : `row ${Math.floor(state.place / now.width)}, column ${state.place % now.width}`;
    find(".readout").textContent = shown ? `${now.titles[state.map]} · ${place} · ${short(valuesOf(state.map)[state.place], 6)}` : now.describe;
    [...buttons(), big].forEach((button, k) => {
      const isShown = shown && (button === big ? state.enlarged : k) === state.map;
      const columns = columnsWhen(button === big);
      const mark = button.querySelector(".cell");
      mark.style.display = isShown ? "block" : "none";
      layOver(mark, [Math.floor(state.place / columns), state.place % columns], [rowsWhen(button === big), columns]);
    });
  }

  function enlarge(map, tell = true) {
    state.enlarged = map;
    find(".enlarged").hidden = map === null || !now.enlarge;
    buttons().forEach((button, i) => button.setAttribute("aria-pressed", i === map));
    if (map !== null) {
      find(".enlarged b").textContent = sentence(map);
      big.setAttribute("aria-label", `${sentence(map)}, enlarged. Arrow keys read the values, Escape closes.`);
      paintBig();
    }
    if (tell && report) report(map);
  }

  function close() {
    const button = buttons()[state.enlarged];
    enlarge(null);
    button?.focus();
  }

  function goTo(map) {
    state.map = map;
    buttons().forEach((button, i) => { button.tabIndex = i === map ? 0 : -1; });
  }

  // Arrows move the cell; in the grid they step over to the neighbouring map, and with Shift they go by maps.
  function move(rows, columns, byMap, enlarged) {
    const wide = columnsWhen(enlarged);
    const column = (state.place % wide) + columns;
    const next = state.place + rows * wide + columns;
    if (!byMap && column >= 0 && column < wide && next >= 0 && next < now.size) {
      state.place = next;
    } else if (!enlarged) {
      const inRow = now.height === 1 ? 1 : getComputedStyle(grid).gridTemplateColumns.split(" ").length;
      const map = state.map + columns + rows * inRow;
      if (map < 0 || map >= now.titles.length) return;
      goTo(map);
      if (!byMap) state.place += rows ? -rows * (now.height - 1) * now.width : -columns * (now.width - 1);
      state.place = clamp(state.place, 0, now.size - 1);
      buttons()[map].focus();
    }
  }

  function listen(button, mapOf) {
    const enlarged = button === big;
    button.addEventListener("pointermove", (event) => {
      const box = button.querySelector("canvas").getBoundingClientRect();
      const [row, column] = cellAt(box, event, rowsWhen(enlarged), columnsWhen(enlarged));
      const place = row * columnsWhen(enlarged) + column;
      if (place >= now.size) return;
      goTo(mapOf());
      state.place = place;
      drawCell(true);
    });
    button.addEventListener("pointerleave", () => drawCell(false));
    button.addEventListener("blur", () => drawCell(false));
    button.addEventListener("focus", () => { goTo(mapOf()); drawCell(true); });
    button.addEventListener("click", () => (enlarged || (now.enlarge && state.enlarged === mapOf()) ? close() : enlarge(mapOf())));
    button.addEventListener("keydown", (event) => event.key === "Escape" && state.enlarged !== null && now.enlarge && close());
    onArrow(button, (rows, columns, event) => { move(rows, columns, event.shiftKey, enlarged); drawCell(true); });
  }

  function paintAll() {
    grid.querySelectorAll("canvas").forEach(paintSmall);
    if (state.enlarged !== null) paintBig();
  }

  listen(big, () => state.enlarged);
  find(".close").addEventListener("click", close);

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      const [, height, width] = data.shape;
      now = { ...decoded(data, "values", "ranges"), height, width, size: height * width };
      report = data.report ? (map) => setStateValue("selected", map) : null;
      setStyles(grid, { size: `${data.size}px` });
      grid.classList.toggle("strips", height === 1);
      grid.setAttribute("aria-label", `${data.describe} Arrow keys read the values, Enter enlarges.`);
      if (grid.children.length !== data.titles.length) createGrid();
      [...grid.children].forEach((figure, map) => {
        set(figure.querySelector("button"), { "aria-label": sentence(map) });
        figure.querySelector("figcaption").textContent = data.titles[map] + (rangeOf(map).startsWith("all") ? ` · ${rangeOf(map)}` : "");
      });
      state.place = clamp(state.place, 0, Math.max(now.size - 1, 0));
      goTo(clamp(state.map, 0, Math.max(data.titles.length - 1, 0)));
      const asked = state.given === data.selected ? state.enlarged : data.selected;
      state.given = data.selected;
      enlarge(asked === null || asked >= data.titles.length ? null : asked, false);
      paintAll();
      const scale = { kind: data.kind, limit: Math.max(...data.limits, 0) };
      find(".legend").innerHTML = legend(scale, data.scale === "map" ? "each largest" : undefined);
      find(".nan").hidden = !now.values.some(Number.isNaN);
      find(".nan i").style.background = coloursOf(NaN, scale)[0];
      drawCell(root.querySelector(".map:is(:hover, :focus)") !== null);
    },
    resize: paintAll,
  };
}

export default mount(createView);
