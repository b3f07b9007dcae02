// One cell of the output at a time: where it looks, what is multiplied there, and what comes out. Every number but a
// product of two others comes from Python.
import { mount } from "../mount.js";
import { bytes, clamp, floats, whole } from "../shared.js";
const ROOM_FOR_NUMBERS = 22; // pixels a cell
const ROOM_FOR_ZERO = 36; // pixels a cell in which 0.52 needs no shortening to .52
const CELL = { least: 30, most: 44, leastInColumn: 14, mostInColumn: 40, leastOfTwo: 26 };
const TOTAL_WIDTH = 200;
const SIGN_WIDTH = 46;
const FEW_PRODUCTS = 9; // are written out
const PACE = { usual: 120, calm: 700 }; // milliseconds a cell
const UNREACHED = 0.12; // opacity of what play has not come to yet
const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const FORMULAS = {
  relu: (before) => `max(0, ${before})`,
  sigmoid: (before) => `1 / (1 + exp(−(${before})))`,
  tanh: (before) => `tanh(${before})`,
};

const signed = (text) => text.replace("-", "−");
const rounded = (value, digits) => signed(`${+value.toFixed(digits)}`.replace(/^-0$/, "0"));
const shown = (value) => (value !== 0 && Math.abs(value) < 0.0005 ? signed(value.toExponential(0)) : rounded(value, 3));

function inCell(value, size) {
  const text = rounded(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return size >= ROOM_FOR_ZERO ? text : text.replace(/^(−?)0\./, "$1.");
}

// The table's colour and whether black is readable on it.
function colourOf(value, { table, darkText, limit, diverging }) {
  const share = limit > 0 ? value / limit : 0;
  const k = Math.round(254 * (diverging ? (clamp(share, -1, 1) + 1) / 2 : clamp(share, 0, 1)));
  return [`rgb(${table[3 * k]} ${table[3 * k + 1]} ${table[3 * k + 2]})`, darkText[k] ? "#000" : "#fff"];
}

function paint(canvas, { rows, columns, value, scale, opacity, isEmpty }) {
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.parentElement.clientWidth * ratio);
  canvas.width = width;
  canvas.height = Math.round((width * rows) / columns);
  const at = (k) => Math.round((k * width) / columns);
  const context = canvas.getContext("2d");
  const size = width / columns / ratio;
  context.font = `${clamp(0.34 * size, 9, 16) * ratio}px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isEmpty?.(row, column)) continue;
      const number = value(row, column);
      const [background, text] = colourOf(number, scale);
      context.globalAlpha = opacity?.(row, column) ?? 1;
      context.fillStyle = background;
      context.fillRect(at(column), at(row), at(column + 1) - at(column), at(row + 1) - at(row));
      if (size < ROOM_FOR_NUMBERS) continue;
      context.fillStyle = text;
      context.fillText(inCell(number, size), (at(column) + at(column + 1)) / 2, (at(row) + at(row + 1)) / 2, 0.95 * size * ratio);
    }
  }
}

function place(element, top, left, height, width, rows, columns) {
  Object.assign(element.style, {
    top: `${(100 * top) / rows}%`,
    height: `${(100 * height) / rows}%`,
    left: `${(100 * left) / columns}%`,
    width: `${(100 * width) / columns}%`,
  });
}

const GRID = (side, name, sign = "") => `<div class="term">${sign && `<b class="sign" aria-hidden="true">${sign}</b>`}
  <div><span class="name">${name}</span><div class="cells" role="img" aria-label="${name}">${
    "<span></span>".repeat(side * side)}</div></div></div>`;
const FIGURE = (kind, marks) =>
  `<figure class="${kind}"><figcaption><b></b><span></span>${kind === "map" ? "<em> · point at a cell</em>" : ""}</figcaption><div class="picture"><canvas></canvas>${marks}</div></figure>`;

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const all = (selector) => [...root.querySelectorAll(selector)];
  const stage = find(".stage");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { row: 0, column: 0, isPlaying: false, isHovered: false, structure: "", start: undefined };
  let now; // what Python sent, decoded
  let timer;
  let paintedWidth;

  const index = () => state.row * now.columns + state.column;
  const input = (row, column, plane) => now.input[(row * now.inputColumns + column) * now.planes.length + plane];
  const isBorder = (row, column) =>
    row < now.border[0] || column < now.border[1]
    || row >= now.inputRows - now.border[2] || column >= now.inputColumns - now.border[3];
  const reach = () => (now.side - 1) * now.dilation + 1;
  const corner = () => [state.row * now.strides, state.column * now.strides];

  // The window's cells of one plane: [row in the padded input, column, place in the kernel].
  function windowCells() {
    const [top, left] = corner();
    return Array.from({ length: now.side ** 2 }, (_, k) =>
      [top + Math.floor(k / now.side) * now.dilation, left + (k % now.side) * now.dilation, k]);
  }

  // --- building: once for each structure -----------------------------------------------------------------------------

  function build() {
    const taps = now.dilation > 1 ? "<i class=\"tap\"></i>".repeat(now.side ** 2) : "";
    const plane = FIGURE("plane", `<i class="edge"></i><i class="field"></i>${taps}<i class="mark" hidden></i>`);
    const grids = {
      convolution: GRID(now.side, "window") + GRID(now.side, "filter", "×") + GRID(now.side, "products", "="),
      pooling: GRID(now.side, "window"),
      field: "",
    }[now.mode];
    const total = "<div class=\"total-box\"><table class=\"total\"></table></div>";
    const isSingle = now.planes.length === 1;
    const works = grids ? now.planes.map(() => `<div class="work">${grids}${isSingle ? total : ""}</div>`).join("") : "";
    stage.className = `stage ${isSingle ? "single" : "many"} ${now.outputs.length > 1 ? "pools" : ""}`;
    stage.innerHTML = now.planes.map(() => plane).join("") + now.outputs.map(() => FIGURE("map", "<i class=\"mark\"></i>")).join("")
      + works + (isSingle ? "" : total);
    all(".plane .picture").forEach((picture) => listen(picture, cellSeeing));
    all(".map .picture").forEach((picture) => listen(picture, (x, y) => [y * now.rows, x * now.columns].map(Math.floor)));
    const [focusable, ...others] = all(".map .picture");
    focusable.tabIndex = 0;
    focusable.setAttribute("role", "slider");
    focusable.addEventListener("keydown", onKey);
    others.forEach((picture) => picture.setAttribute("aria-hidden", "true"));
  }

  // The output cell in the middle of whose window a place of the input lies.
  function cellSeeing(x, y) {
    return [y * now.inputRows, x * now.inputColumns].map((at) => Math.round((at - reach() / 2) / now.strides));
  }

  function listen(picture, cellAt) {
    const move = (event) => {
      if (event.pointerType !== "touch") state.isHovered = true;
      const box = picture.getBoundingClientRect();
      goTo(...cellAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
    };
    picture.addEventListener("pointermove", move);
    picture.addEventListener("pointerdown", move);
    picture.addEventListener("pointerleave", () => { state.isHovered = false; });
  }

  // --- moving --------------------------------------------------------------------------------------------------------

  function goTo(row, column) {
    [state.row, state.column] = [clamp(row, 0, now.rows - 1), clamp(column, 0, now.columns - 1)];
    show();
    if (state.isPlaying) paintOutputs();
  }

  const goToIndex = (k) => goTo(Math.floor(k / now.columns), k % now.columns);
  const step = (by) => goToIndex((index() + by + now.rows * now.columns) % (now.rows * now.columns));

  function play(isPlaying) {
    clearInterval(timer);
    state.isPlaying = isPlaying;
    find(".play").textContent = isPlaying ? "❚❚ Pause" : "▶ Play";
    if (isPlaying) timer = setInterval(() => { if (!state.isHovered) step(1); }, calm.matches ? PACE.calm : PACE.usual);
    if (now) paintOutputs();
  }

  function onKey(event) {
    const ends = { Home: 0, End: now.columns - 1 };
    if (event.key === " ") play(!state.isPlaying);
    else if (event.key in ends) goTo(state.row, ends[event.key]);
    else if (event.key in KEYS) {
      if (state.isPlaying) play(false);
      goTo(state.row + KEYS[event.key][0], state.column + KEYS[event.key][1]);
    } else return;
    event.preventDefault();
  }

  // --- showing one cell ----------------------------------------------------------------------------------------------

  function show() {
    const [top, left] = corner();
    all(".field").forEach((field) => place(field, top, left, reach(), reach(), now.inputRows, now.inputColumns));
    const cells = windowCells();
    all(".plane").forEach((plane) => plane.querySelectorAll(".tap").forEach((tap, k) =>
      place(tap, cells[k][0], cells[k][1], 1, 1, now.inputRows, now.inputColumns)));
    all(".map .mark").forEach((mark) => place(mark, state.row, state.column, 1, 1, now.rows, now.columns));
    const words = { convolution: showConvolution, pooling: showPooling, field: showField }[now.mode]();
    const where = `row ${state.row}, column ${state.column}`;
    find(".place").textContent = where;
    find(".scrub").value = index();
    const slider = find(".map .picture");
    slider.setAttribute("aria-valuenow", index());
    slider.setAttribute("aria-valuetext", `${where}: ${words}`);
  }

  function fill(cells, values, scale, decorate) {
    [...cells.children].forEach((cell, k) => {
      const [background, text] = colourOf(values[k], scale);
      cell.textContent = now.cell >= ROOM_FOR_NUMBERS ? inCell(values[k], now.cell) : "";
      Object.assign(cell.style, { background, color: text });
      cell.className = "";
      decorate?.(cell, k);
    });
  }

  function showConvolution() {
    const terms = [];
    all(".work").forEach((work, plane) => {
      const [patches, weights, results] = work.querySelectorAll(".cells");
      const cells = windowCells();
      const patch = cells.map(([row, column]) => input(row, column, plane));
      const kernel = cells.map(([, , k]) => now.kernel[k * now.planes.length + plane]);
      const products = patch.map((value, k) => Math.fround(value * kernel[k]));
      fill(patches, patch, now.planes[plane].scale, (cell, k) => {
        if (!isBorder(...cells[k])) return;
        cell.className = "border";
        Object.assign(cell.style, { background: "", color: "inherit" });
      });
      fill(weights, kernel, now.weights);
      fill(results, products, now.products, (cell, k) => {
        cell.title = `${signed(`${patch[k]}`)} × ${signed(`${kernel[k]}`)} = ${signed(`${products[k]}`)}`;
        terms.push([patch[k], kernel[k], products[k]]);
      });
    });
    const [before, after] = [now.before[index()], now.outputs[0].values[index()]];
    const sums = now.planes.map((_, plane) => now.sums[index() * now.planes.length + plane]);
    const formula = FORMULAS[now.activation]?.(shown(before));
    const rows = now.planes.map(({ title }, plane) =>
      ["", now.planes.length === 1 ? "sum of products" : `${title}: sum of products`, shown(sums[plane])]);
    rows.push(["", "+ bias", shown(now.bias)], [formula ? "line" : "line result", "=", shown(before)]);
    if (formula) rows.push(["result", formula, shown(after)]);
    showTotal(rows);
    const few = terms.map(([value, weight, product]) =>
      `${product === 0 ? "<i>" : ""}${shown(value)} × ${shown(weight)}${product === 0 ? "</i>" : ""}`);
    find(".sum").innerHTML = terms.length > FEW_PRODUCTS ? ""
      : `${few.join(" + ")} + bias ${shown(now.bias)} = <b>${shown(before)}</b>`;
    const parts = sums.length > 1 ? ` (${now.planes.map(({ title }, k) => `${title} ${shown(sums[k])}`).join(", ")})` : "";
    return `${terms.length} products${parts} and bias ${shown(now.bias)} add up to ${shown(before)}`
      + (formula ? `; ${now.activation}: ${formula} = ${shown(after)}` : "");
  }

  function showPooling() {
    const cells = windowCells();
    const values = cells.map(([row, column]) => input(row, column, 0));
    const winner = now.winners[index()];
    fill(find(".cells"), values, now.planes[0].scale, (cell, k) => { if (k === winner) cell.className = "winner"; });
    const mark = find(".plane .mark");
    mark.hidden = false;
    place(mark, cells[winner][0], cells[winner][1], 1, 1, now.inputRows, now.inputColumns);
    const [largest, mean] = now.outputs.map((output) => output.values[index()]);
    const isShort = values.length <= FEW_PRODUCTS;
    showTotal([["result", "largest", shown(largest)], ["result", `sum of all / ${values.length}`, shown(mean)]]);
    const listed = values.map(shown);
    find(".sum").innerHTML = isShort
      ? `max(${listed.join(", ")}) = <b>${shown(largest)}</b><br>(${listed.join(" + ")}) / ${values.length} = <b>${shown(mean)}</b>` : "";
    return `the largest of ${values.length} values is ${shown(largest)}, their mean ${shown(mean)}`;
  }

  function showField() {
    const value = shown(now.outputs[0].values[index()]);
    const pixels = `${reach()} x ${reach()} = ${(reach() ** 2).toLocaleString("en")} pixels`;
    find(".sum").innerHTML = `This cell sees ${pixels} and answers <b>${value}</b>.`;
    return `it sees ${pixels} and answers ${value}`;
  }

  function showTotal(rows) {
    find(".total").innerHTML = rows.map(([kind, name, value]) => `<tr class="${kind}"><th>${name}</th><td>${value}</td></tr>`).join("");
  }

  // --- painting whole pictures ---------------------------------------------------------------------------------------

  function paintOutputs() {
    const isReached = (row, column) => !state.isPlaying || state.isHovered || row * now.columns + column <= index();
    all(".map canvas").forEach((canvas, k) => paint(canvas, {
      rows: now.rows,
      columns: now.columns,
      scale: now.outputs[k].scale,
      value: (row, column) => now.outputs[k].values[row * now.columns + column],
      opacity: (row, column) => (isReached(row, column) ? 1 : UNREACHED),
    }));
  }

  function layOut() {
    paintedWidth = root.clientWidth;
    const isSingle = now.planes.length === 1;
    const room = (paintedWidth - (paintedWidth > 560 ? TOTAL_WIDTH : 0) - 2 * SIGN_WIDTH) / (3 * now.side);
    const column = find(".plane").clientWidth - SIGN_WIDTH / 2;
    const two = column / (2 * now.side) - 1; // the window and the filter beside each other
    const inColumn = two >= CELL.leastOfTwo ? two : clamp(column / now.side - 1, CELL.leastInColumn, CELL.mostInColumn);
    now.cell = Math.floor(isSingle ? clamp(room, CELL.least, CELL.most) : inColumn);
    stage.style.setProperty("--cell", `${now.cell}px`);
    all(".plane canvas").forEach((canvas, plane) => paint(canvas, {
      rows: now.inputRows,
      columns: now.inputColumns,
      scale: now.planes[plane].scale,
      isEmpty: isBorder,
      value: (row, x) => input(row, x, plane),
    }));
    paintOutputs();
    show();
  }

  function caption(figures, titles, sizes) {
    figures.forEach((figure, k) => {
      figure.querySelector("b").textContent = titles[k];
      figure.querySelector("span").textContent = sizes;
    });
  }

  find(".play").addEventListener("click", () => play(!state.isPlaying));
  all(".step").forEach((button) => button.addEventListener("click", () => { play(false); step(+button.dataset.by); }));
  find(".scrub").addEventListener("input", (event) => { play(false); goToIndex(+event.target.value); });
  const observer = new ResizeObserver(() => now && paintedWidth !== root.clientWidth && layOut());
  observer.observe(root);
  play(false);

  return {
    update(data) {
      const scale = (sent) => ({ ...sent, table: bytes(sent.table), darkText: bytes(sent.darkText) });
      now = {
        ...data,
        input: floats(data.input),
        planes: data.planes.map((plane) => ({ ...plane, scale: scale(plane.scale) })),
        outputs: data.outputs.map((output) => ({ ...output, values: floats(output.values), scale: scale(output.scale) })),
        ...(data.kernel && { kernel: floats(data.kernel), before: floats(data.before), sums: floats(data.sums) }),
        ...(data.weights && { weights: scale(data.weights), products: scale(data.products) }),
        ...(data.winners && { winners: floats(data.winners) }),
      };
      const structure = [now.mode, now.planes.length, now.side, now.dilation > 1, now.outputs.length].join();
      if (structure !== state.structure) build();
      const columns = now.planes.length + now.outputs.length;
      stage.style.setProperty("--columns", columns);
      stage.style.setProperty("--side", now.side);
      stage.style.setProperty("--widest", `${now.widest}px`);
      stage.setAttribute("aria-label", data.describe);
      const border = now.border.some(Boolean) ? `, with a border of zeros ${now.inputRows} x ${now.inputColumns}` : "";
      const [height, width] = [now.inputRows - now.border[0] - now.border[2], now.inputColumns - now.border[1] - now.border[3]];
      caption(all(".plane"), now.planes.map(({ title }) => title), `${height} x ${width}${border}`);
      caption(all(".map"), now.outputs.map(({ title }) => title), `${now.rows} x ${now.columns}`);
      all(".edge").forEach((edge) => {
        edge.hidden = !border;
        place(edge, now.border[0], now.border[1], height, width, now.inputRows, now.inputColumns);
      });
      const last = now.rows * now.columns - 1;
      const slider = find(".map .picture");
      slider.setAttribute("aria-label", `${data.describe} Arrow keys move the cell.`);
      slider.setAttribute("aria-valuemin", 0);
      slider.setAttribute("aria-valuemax", last);
      find(".scrub").max = last;
      // Where the learner was stays where it is as long as the map keeps its size.
      const grid = [structure, now.rows, now.columns].join();
      const k = state.grid === grid ? index() : data.start;
      [state.structure, state.grid] = [structure, grid];
      [state.row, state.column] = [Math.floor(k / now.columns), k % now.columns];
      layOut();
    },
    remove: () => { clearInterval(timer); observer.disconnect(); },
  };
}

export default mount(createView);
