// One cell of the output at a time: where it looks, what is multiplied there, and what comes out. Every number but a
// product of two others comes from Python.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, coloursOf, hasRoom, inCell, layOver, paintLarge, shades, within } from "../raster.js";
import { ARROWS, clamp, decoded, finder, floats, formulaOf, minus, set, setStyles, still, whole } from "../shared.js";

/**
 * @typedef {{kind: string, limit: number}} Scale
 * @typedef {object} Data
 * @property {"convolution" | "pooling" | "field"} mode @property {string} describe @property {number} side @property {number} strides
 * @property {number} dilation @property {[number, number, number, number]} border top, left, bottom, right: its zeros
 * @property {number} start the cell that is shown first @property {number} widest @property {number} rows @property {number} columns
 * @property {number} inputRows @property {number} inputColumns @property {string[]} inputs planes, with the border
 * @property {{title: string, scale: Scale | {colour: number[], limit: number}}[]} planes
 * @property {{title: string, values: string, scale: Scale}[]} outputs @property {string} [winners] places in the window
 * @property {string} [kernel] @property {string} [before] @property {string} [sums] @property {number} [bias]
 * @property {string} [activation] @property {Scale} [weights] @property {Scale} [products]
 */
const CELL = { least: 30, most: 44, leastInColumn: 14, mostInColumn: 40, leastOfTwo: 26 };
const TOTAL_WIDTH = 200;
const SIGN_WIDTH = 46;
const FEW_PRODUCTS = 9; // are written out
const PACE = { usual: 120, calm: 700 }; // milliseconds a cell
const UNREACHED = 0.12; // opacity of what play has not come to yet
const shown = (value) => minus(value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(0) : `${+value.toFixed(3)}`);

const GRID = (side, name, sign = "") => `<div class="term">${sign && `<b class="sign" aria-hidden="true">${sign}</b>`}
  <div><span class="name">${name}</span><div class="cells" role="img" aria-label="${name}">${
    "<span></span>".repeat(side * side)}</div></div></div>`;
const FIGURE = (kind, marks) =>
  `<figure class="${kind}"><figcaption><b></b><span></span>${kind === "map" ? "<em> · point at a cell</em>" : ""}</figcaption><div class="picture"><canvas></canvas>${marks}</div></figure>`;

function createView(root) {
  const find = finder(root);
  const all = (selector) => [...root.querySelectorAll(selector)];
  const stage = find(".stage");
  const state = { row: 0, column: 0, isPlaying: false, isHovered: false, structure: "", start: undefined };
  let now; // what Python sent, decoded
  let timer;

  const index = () => state.row * now.columns + state.column;
  const picture = () => [now.inputRows, now.inputColumns];
  const map = () => [now.rows, now.columns];

  // Whether the k-th cell of the padded input is one of its zeros.
  function isBorder(k) {
    const [row, column] = [Math.floor(k / now.inputColumns), k % now.inputColumns];
    return row < now.border[0] || column < now.border[1]
      || row >= now.inputRows - now.border[2] || column >= now.inputColumns - now.border[3];
  }

  const reach = () => (now.side - 1) * now.dilation + 1;
  const corner = () => [state.row * now.strides, state.column * now.strides];

  // The window's cells: [row in the padded input, column].
  function windowCells() {
    const [top, left] = corner();
    const at = (k) => [top + Math.floor(k / now.side) * now.dilation, left + (k % now.side) * now.dilation];
    return Array.from({ length: now.side ** 2 }, (_, k) => at(k));
  }

  const placeOf = (/** @type {number[]} */ [row, column]) => row * now.inputColumns + column;

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
    all(".plane .picture").forEach((frame) => listen(frame, cellSeeing));
    all(".map .picture").forEach((frame) => listen(frame, (box, event) => cellAt(box, event, now.rows, now.columns)));
    const [focusable, ...others] = all(".map .picture");
    focusable.tabIndex = 0;
    focusable.setAttribute("role", "slider");
    focusable.addEventListener("keydown", onKey);
    others.forEach((frame) => frame.setAttribute("aria-hidden", "true"));
  }

  // The output cell in the middle of whose window a place of the input lies.
  function cellSeeing(box, { clientX, clientY }) {
    const pixel = box.width / now.inputColumns;
    return [clientY - box.top, clientX - box.left].map((at) => Math.round((at / pixel - reach() / 2) / now.strides));
  }

  function listen(frame, cellOf) {
    const move = (event) => {
      if (event.pointerType !== "touch") state.isHovered = true;
      goTo(...cellOf(frame.getBoundingClientRect(), event));
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("pointerdown", move);
    frame.addEventListener("pointerleave", () => { state.isHovered = false; });
  }

  // --- moving --------------------------------------------------------------------------------------------------------

  function goTo(row, column) {
    [state.row, state.column] = within([row, column], now.rows, now.columns);
    show();
    if (state.isPlaying) paintOutputs();
  }

  const goToIndex = (k) => goTo(Math.floor(k / now.columns), k % now.columns);
  const step = (by) => goToIndex((index() + by + now.rows * now.columns) % (now.rows * now.columns));

  function play(isPlaying) {
    clearInterval(timer);
    state.isPlaying = isPlaying;
    find(".play").textContent = isPlaying ? "❚❚ Pause" : "▶ Play";
    if (isPlaying) timer = setInterval(() => { if (!state.isHovered) step(1); }, still() ? PACE.calm : PACE.usual);
    if (now) paintOutputs();
  }

  function onKey(event) {
    const ends = { Home: 0, End: now.columns - 1 };
    if (event.key === " ") play(!state.isPlaying);
    else if (event.key in ends) goTo(state.row, ends[event.key]);
    else if (event.key in ARROWS) {
      const [down, right] = ARROWS[event.key];
      if (state.isPlaying) play(false);
      goTo(state.row + down, state.column + right);
    } else return;
    event.preventDefault();
  }

  // --- showing one cell ----------------------------------------------------------------------------------------------

  function show() {
    const [top, left] = corner();
    all(".field").forEach((field) => layOver(field, [top, left], picture(), [reach(), reach()]));
    const cells = windowCells();
    all(".tap").forEach((tap, k) => layOver(tap, cells[k % cells.length], picture()));
    all(".map .mark").forEach((mark) => layOver(mark, [state.row, state.column], map()));
    const words = { convolution: showConvolution, pooling: showPooling, field: showField }[now.mode]();
    const where = `row ${state.row}, column ${state.column}`;
    find(".place").textContent = where;
    find(".scrub").value = index();
    set(find(".map .picture"), { "aria-valuenow": index(), "aria-valuetext": `${where}: ${words}` });
  }

  function fill(cells, values, scale, decorate) {
    [...cells.children].forEach((cell, k) => {
      const [background, text] = coloursOf(values[k], scale);
      cell.textContent = hasRoom(now.cell) ? inCell(values[k], now.cell) : "";
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
      const patch = cells.map((cell) => now.inputs[plane][placeOf(cell)]);
      const kernel = cells.map((_, k) => now.kernel[k * now.planes.length + plane]);
      const products = patch.map((value, k) => Math.fround(value * kernel[k]));
      fill(patches, patch, now.planes[plane].scale, (cell, k) => {
        if (!isBorder(placeOf(cells[k]))) return;
        cell.className = "border";
        Object.assign(cell.style, { background: "", color: "inherit" });
      });
      fill(weights, kernel, now.weights);
      fill(results, products, now.products, (cell, k) => {
        cell.title = minus(`${patch[k]} × ${kernel[k]} = ${products[k]}`);
        terms.push([patch[k], kernel[k], products[k]]);
      });
    });
    const [before, after] = [now.before[index()], now.outputs[0].values[index()]];
    const sums = now.planes.map((_, plane) => now.sums[index() * now.planes.length + plane]);
    const formula = formulaOf(now.activation, shown(before));
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
    const values = cells.map((cell) => now.inputs[0][placeOf(cell)]);
    const winner = now.winners[index()];
    fill(find(".cells"), values, now.planes[0].scale, (cell, k) => { if (k === winner) cell.className = "winner"; });
    const mark = find(".plane .mark");
    mark.hidden = false;
    layOver(mark, cells[winner], picture());
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
    const pixels = `${reach()} x ${reach()} = ${whole(reach() ** 2)} pixels`;
    find(".sum").innerHTML = `This cell sees ${pixels} and answers <b>${value}</b>.`;
    return `it sees ${pixels} and answers ${value}`;
  }

  function showTotal(rows) {
    find(".total").innerHTML = rows.map(([kind, name, value]) => `<tr class="${kind}"><th>${name}</th><td>${value}</td></tr>`).join("");
  }

  // --- painting whole pictures ---------------------------------------------------------------------------------------

  function paintOutputs() {
    const opacity = (k) => (!state.isPlaying || state.isHovered || k <= index() ? 1 : UNREACHED);
    all(".map canvas").forEach((canvas, k) => paintLarge(canvas, canvas.parentElement.clientWidth, {
      values: now.outputs[k].values,
      columns: now.columns,
      scale: now.outputs[k].scale,
      opacity,
    }));
  }

  function layOut() {
    const width = root.clientWidth;
    const isSingle = now.planes.length === 1;
    const room = (width - (width > 560 ? TOTAL_WIDTH : 0) - 2 * SIGN_WIDTH) / (3 * now.side);
    const column = find(".plane").clientWidth - SIGN_WIDTH / 2;
    const two = column / (2 * now.side) - 1; // the window and the filter beside each other
    const inColumn = two >= CELL.leastOfTwo ? two : clamp(column / now.side - 1, CELL.leastInColumn, CELL.mostInColumn);
    now.cell = Math.floor(isSingle ? clamp(room, CELL.least, CELL.most) : inColumn);
    setStyles(stage, { cell: `${now.cell}px` });
    all(".plane canvas").forEach((canvas, plane) => paintLarge(canvas, canvas.parentElement.clientWidth, {
      values: now.inputs[plane],
      columns: now.inputColumns,
      scale: now.planes[plane].scale,
      opacity: (k) => (isBorder(k) ? 0 : 1),
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
  play(false);

  return {
    update(/** @type {Data} */ data) {
      const scale = (sent) => (sent.colour ? { ...sent, table: shades(sent.colour) } : sent);
      now = {
        ...(data.kernel ? decoded(data, "kernel", "before", "sums") : data.winners ? decoded(data, "winners") : data),
        inputs: data.inputs.map(floats),
        planes: data.planes.map((plane) => ({ ...plane, scale: scale(plane.scale) })),
        outputs: data.outputs.map((output) => decoded(output, "values")),
      };
      const structure = [now.mode, now.planes.length, now.side, now.dilation > 1, now.outputs.length].join();
      if (structure !== state.structure) build();
      const columns = now.planes.length + now.outputs.length;
      setStyles(stage, { columns, side: now.side, widest: `${now.widest}px` });
      stage.setAttribute("aria-label", data.describe);
      const border = now.border.some(Boolean) ? `, with a border of zeros ${now.inputRows} x ${now.inputColumns}` : "";
      const [height, width] = [now.inputRows - now.border[0] - now.border[2], now.inputColumns - now.border[1] - now.border[3]];
      caption(all(".plane"), now.planes.map(({ title }) => title), `${height} x ${width}${border}`);
      caption(all(".map"), now.outputs.map(({ title }) => title), `${now.rows} x ${now.columns}`);
      all(".edge").forEach((edge) => {
        edge.hidden = !border;
        layOver(edge, now.border, picture(), [height, width]);
      });
      const last = now.rows * now.columns - 1;
      set(find(".map .picture"), { "aria-label": `${data.describe} Arrow keys move the cell.`, "aria-valuemin": 0, "aria-valuemax": last });
      find(".scrub").max = last;
      // Where the learner was stays where it is as long as the map keeps its size.
      const grid = [structure, now.rows, now.columns].join();
      const k = state.grid === grid ? index() : data.start;
      [state.structure, state.grid] = [structure, grid];
      [state.row, state.column] = [Math.floor(k / now.columns), k % now.columns];
      layOut();
    },
    resize: layOut,
    remove: () => clearInterval(timer),
  };
}

export default mount(createView);
