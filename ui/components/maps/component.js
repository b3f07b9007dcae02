// A grid of canvases; one of them at a time has the cell that is read, and one may be enlarged above the grid.
import { mount } from "../mount.js";
import { ARROWS, bytes, clamp, floats } from "../shared.js";
const NOT_A_NUMBER = 255; // index of the table's last colour
const ROOM_FOR_NUMBERS = 22; // pixels a cell
const ENLARGED = { cell: 56, width: 680 }; // pixels at most
const VECTOR = { enlargedColumns: 24, cellWidth: 4, rowHeight: 14, leastHeight: 28 };

const short = (value) => (Number.isNaN(value) ? "none" : `${+value.toPrecision(3)}`);
const exact = (value) => (Number.isNaN(value) ? "not a number" : `${+value.toPrecision(6)}`);

function inCell(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = size === 0 ? "0" : size >= 1000 || size < 0.005 ? value.toExponential(0) : value.toFixed(digits);
  return Number.isNaN(value) ? "NaN" : text.replace(/^(-?)0\./, "$1.");
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const grid = find(".grid");
  const big = find(".big");
  const state = { map: 0, row: 0, column: 0, enlarged: null, given: undefined };
  let now; // what Python sent, decoded
  let report;
  let paintedWidth;

  // A vector goes on in the next row where its cells would be too small to be told apart.
  function columnsWhen(enlarged) {
    if (now.height > 1) return now.width;
    const fitting = 2 ** Math.floor(Math.log2(Math.max(grid.clientWidth, VECTOR.cellWidth) / VECTOR.cellWidth));
    return Math.min(enlarged ? VECTOR.enlargedColumns : fitting, now.width);
  }

  const rowsWhen = (enlarged) => Math.ceil((now.height * now.width) / columnsWhen(enlarged));
  const offset = (map) => map * now.height * now.width;

  function paint(canvas, map, enlarged) {
    const columns = columnsWhen(enlarged);
    const rows = rowsWhen(enlarged);
    const picture = new ImageData(columns, rows);
    for (let k = 0; k < now.height * now.width; k++) {
      const colour = 3 * now.index[offset(map) + k];
      picture.data.set([now.table[colour], now.table[colour + 1], now.table[colour + 2], 255], 4 * k);
    }
    const scratch = new OffscreenCanvas(columns, rows);
    scratch.getContext("2d").putImageData(picture, 0, 0);
    const room = Math.min(ENLARGED.width, ENLARGED.cell * columns, root.clientWidth);
    const cell = enlarged ? Math.max(1, Math.floor((room * devicePixelRatio) / columns)) : 1; // in the canvas's pixels
    if (enlarged) canvas.style.width = `${(columns * cell) / devicePixelRatio}px`;
    canvas.width = columns * cell;
    canvas.height = rows * cell;
    const strip = now.height === 1 && !enlarged;
    canvas.style.aspectRatio = strip ? "auto" : `${columns} / ${rows}`;
    canvas.style.height = strip ? `${Math.max(VECTOR.leastHeight, VECTOR.rowHeight * rows)}px` : "";
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
    if (cell / devicePixelRatio >= ROOM_FOR_NUMBERS) writeNumbers(context, map, columns, cell);
  }

  function writeNumbers(context, map, columns, cell) {
    context.font = `${Math.min(cell / 2.7, 18 * devicePixelRatio)}px ${getComputedStyle(root).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let k = 0; k < now.height * now.width; k++) {
      context.fillStyle = now.darkText[now.index[offset(map) + k]] ? "#000" : "#fff";
      const [x, y] = [k % columns, Math.floor(k / columns)];
      context.fillText(inCell(now.values[offset(map) + k]), (x + 0.5) * cell, (y + 0.5) * cell, cell * 0.94);
    }
  }

  function sentence(map) {
    const [least, largest] = [now.ranges[2 * map], now.ranges[2 * map + 1]];
    const size = now.height === 1 ? `${now.width} values` : `${now.height} x ${now.width}`;
    const values = Number.isNaN(least) ? "no finite value"
      : least === largest ? `all ${short(least)}` : `from ${short(least)} to ${short(largest)}`;
    return `${now.titles[map]}: ${size}, ${values}`;
  }

  function createGrid() {
    grid.innerHTML = now.titles.map(() =>
      `<figure><button class="map" type="button"><canvas></canvas><i class="cell"></i></button><figcaption></figcaption></figure>`).join("");
    grid.querySelectorAll(".map").forEach((button, map) => listen(button, () => map));
  }

  function drawCell(shown) {
    root.querySelectorAll(".cell").forEach((mark) => { mark.style.display = "none"; });
    const index = offset(state.map) + state.row * now.width + state.column;
    const place = now.height === 1 ? `unit ${state.column}` : `row ${state.row}, column ${state.column}`;
    find(".readout").textContent = shown ? `${now.titles[state.map]} · ${place} · ${exact(now.values[index])}` : now.describe;
    if (!shown) return;
    const targets = [grid.querySelectorAll(".map")[state.map], state.enlarged === state.map ? big : null];
    for (const button of targets.filter(Boolean)) {
      const columns = columnsWhen(button === big);
      const rows = rowsWhen(button === big);
      const k = state.row * now.width + state.column;
      Object.assign(button.querySelector(".cell").style, {
        display: "block",
        left: `${(100 * (k % columns)) / columns}%`,
        width: `${100 / columns}%`,
        top: `${(100 * Math.floor(k / columns)) / rows}%`,
        height: `${100 / rows}%`,
      });
    }
  }

  function enlarge(map, tell = true) {
    state.enlarged = map;
    find(".enlarged").hidden = map === null || !now.enlarge;
    grid.querySelectorAll(".map").forEach((button, i) => button.setAttribute("aria-pressed", i === map));
    if (map !== null) {
      find(".enlarged b").textContent = sentence(map);
      big.setAttribute("aria-label", `${sentence(map)}, enlarged. Arrow keys read the values, Escape closes.`);
      paint(big.querySelector("canvas"), map, true);
    }
    if (tell && report) report(map);
  }

  function close() {
    const button = grid.querySelectorAll(".map")[state.enlarged];
    enlarge(null);
    button?.focus();
  }

  function goTo(map) {
    state.map = map;
    grid.querySelectorAll(".map").forEach((button, i) => { button.tabIndex = i === map ? 0 : -1; });
  }

  // Arrows move the cell; in the grid they step over to the neighbouring map, and with Shift they go by maps.
  function move(rows, columns, byMap, enlarged) {
    const inRow = enlarged ? 1 : getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const wide = columnsWhen(enlarged);
    const k = state.row * now.width + state.column;
    const [row, column] = [Math.floor(k / wide) + rows, (k % wide) + columns];
    const next = row * wide + column;
    const inside = row >= 0 && row < rowsWhen(enlarged) && column >= 0 && column < wide && next < now.height * now.width;
    if (inside && !byMap) {
      state.row = Math.floor(next / now.width);
      state.column = next % now.width;
    } else if (!enlarged) {
      const map = state.map + columns + rows * (now.height === 1 ? 1 : inRow);
      if (map < 0 || map >= now.titles.length) return;
      goTo(map);
      if (!byMap && rows) state.row = rows > 0 ? 0 : now.height - 1;
      if (!byMap && columns) state.column = columns > 0 ? 0 : now.width - 1;
      grid.querySelectorAll(".map")[map].focus();
    }
  }

  function listen(button, mapOf) {
    const enlarged = button === big;
    button.addEventListener("pointermove", (event) => {
      const box = button.querySelector("canvas").getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * columnsWhen(enlarged));
      const row = Math.floor(((event.clientY - box.top) / box.height) * rowsWhen(enlarged));
      const k = clamp(row, 0, rowsWhen(enlarged) - 1) * columnsWhen(enlarged) + clamp(column, 0, columnsWhen(enlarged) - 1);
      if (k >= now.height * now.width) return;
      goTo(mapOf());
      state.row = Math.floor(k / now.width);
      state.column = k % now.width;
      drawCell(true);
    });
    button.addEventListener("pointerleave", () => drawCell(false));
    button.addEventListener("blur", () => drawCell(false));
    button.addEventListener("focus", () => { goTo(mapOf()); drawCell(true); });
    button.addEventListener("click", () => (enlarged || (now.enlarge && state.enlarged === mapOf()) ? close() : enlarge(mapOf())));
    button.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (event.key === "Escape" && state.enlarged !== null && now.enlarge) close();
      if (!step) return;
      event.preventDefault();
      move(...step, event.shiftKey, enlarged);
      drawCell(true);
    });
  }

  function paintAll() {
    paintedWidth = root.clientWidth;
    grid.querySelectorAll("canvas").forEach((canvas, map) => paint(canvas, map, false));
    if (state.enlarged !== null) paint(big.querySelector("canvas"), state.enlarged, true);
  }

  function drawLegend() {
    const diverging = now.kind === "diverging";
    const canvas = find(".scale");
    canvas.width = NOT_A_NUMBER;
    const picture = new ImageData(NOT_A_NUMBER, 1);
    for (let k = 0; k < NOT_A_NUMBER; k++) picture.data.set([...now.table.subarray(3 * k, 3 * k + 3), 255], 4 * k);
    canvas.getContext("2d").putImageData(picture, 0, 0);
    const top = now.scale === "map" ? "each largest" : short(Math.max(...now.limits, 0));
    find(".low").textContent = diverging ? `-${top}` : "0";
    find(".middle").textContent = diverging ? "0" : "";
    find(".high").textContent = diverging ? `+${top}` : top;
    find(".nan").hidden = !now.index.includes(NOT_A_NUMBER);
    find(".nan i").style.background = `rgb(${now.table.slice(-3).join(" ")})`;
  }

  listen(big, () => state.enlarged);
  find(".close").addEventListener("click", close);
  const observer = new ResizeObserver(() => now && paintedWidth !== root.clientWidth && paintAll());
  observer.observe(root);

  return {
    update(data, { setStateValue }) {
      [now, report] = [{
        ...data,
        height: data.shape[1],
        width: data.shape[2],
        values: floats(data.values),
        ranges: floats(data.ranges),
        index: bytes(data.index),
        table: bytes(data.table),
        darkText: bytes(data.darkText),
      }, data.report ? (map) => setStateValue("selected", map) : null];
      grid.style.setProperty("--size", `${data.size}px`);
      grid.classList.toggle("strips", now.height === 1);
      grid.setAttribute("aria-label", `${data.describe} Arrow keys read the values, Enter enlarges.`);
      if (grid.children.length !== now.titles.length) createGrid();
      [...grid.children].forEach((figure, map) => {
        const button = figure.querySelector("button");
        button.setAttribute("aria-label", sentence(map));
        const [least, largest] = [now.ranges[2 * map], now.ranges[2 * map + 1]];
        figure.querySelector("figcaption").textContent = now.titles[map] + (least === largest ? ` · all ${short(least)}` : "");
      });
      state.row = clamp(state.row, 0, now.height - 1);
      state.column = clamp(state.column, 0, now.width - 1);
      goTo(clamp(state.map, 0, Math.max(now.titles.length - 1, 0)));
      const asked = state.given === data.selected ? state.enlarged : data.selected;
      state.given = data.selected;
      enlarge(asked === null || asked >= now.titles.length ? null : asked, false);
      paintAll();
      drawLegend();
      drawCell(root.querySelector(".map:is(:hover, :focus)") !== null);
    },
    remove: () => observer.disconnect(),
  };
}

export default mount(createView);
