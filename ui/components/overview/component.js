// Columns of small pictures, and edges for what adds most. `state.at` is the unit under the pointer or the focus, `pinned`
// the one that stays; without either, the class that won. A unit is "column/unit"; its slot is its place among those sent.
import { mount } from "../mount.js";
import { bytes, clamp, floats, set } from "../shared.js";
const SIDE = 40; // of a map, in pixels
const CELL = { wide: 30, high: 12 }; // of a vector's unit
const HEIGHT = 466;
const FEW = { maps: 10, units: 30 };
const BREADTH = [5, 2, 1, 1]; // edges into a unit, by its distance from the one that is lit
const WIDEST = 6; // pixels of the largest contribution's edge
const ENLARGED = { cell: 46, width: 640, roomForNumbers: 22 };
const KEYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const signed = (text) => text.replace("-", "−");
const short = (value) => (Number.isNaN(value) ? "NaN" : signed(`${+value.toPrecision(3)}`));
const many = (count) => count.toLocaleString("en");

function percent(value) {
  if (Number.isNaN(value)) return "NaN";
  if (value < 1 && value >= 0.9995) return "> 99.9 %";
  return value > 0 && value < 0.0005 ? "< 0.1 %" : `${(100 * value).toFixed(1)} %`;
}

function inCell(value) {
  const size = Math.abs(value);
  const text = size === 0 ? "0" : size >= 1000 || size < 0.005 ? value.toExponential(0) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return Number.isNaN(value) ? "NaN" : signed(text.replace(/^(-?)0\./, "$1."));
}

const kept = new Map(); // by a network's layers: what is pinned, folded and shown, for when the view comes back

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [stage, svg, big] = [find(".stage"), find("svg"), find(".big")];
  const state = { at: null, pinned: null, folded: new Set(), all: new Set(), range: "layer", cell: 0, focus: null };
  let now; // what Python sent, decoded
  let send;

  const column = (c) => now.columns[c];
  const last = () => now.columns.length - 1;
  const isClasses = (c) => c === last();
  const size = (c) => column(c).shape[0] * column(c).shape[1];
  const slotOf = (c, unit) => column(c).slots.get(unit);
  const valuesOf = (c, unit) => column(c).values.subarray(slotOf(c, unit) * size(c), (slotOf(c, unit) + 1) * size(c));
  const exists = (at) => at && column(at.c) && !column(at.c).passes && slotOf(at.c, at.unit) !== undefined;
  const target = () => [state.at, state.pinned].find(exists) ?? { c: last(), unit: now.winner };
  const detailed = () => (exists(state.pinned) ? state.pinned : { c: last(), unit: now.winner });
  const unitName = (c, unit) => (c === 0 ? "the digit" : isClasses(c) ? `class ${unit}` : column(c).isVector ? `unit ${unit}` : `map ${unit}`);
  const layerName = (c) => (c === 0 ? "Input" : `${column(c).layer + 1}. ${column(c).name}`);
  const shortName = (c) => layerName(c).replace("2D", "").replace("GlobalAveragePooling", "Global mean").replace("AveragePooling", "AvgPooling").replace("BatchNormalization", "BatchNorm");
  const few = (c) => (column(c).isVector ? FEW.units : FEW.maps);

  function visible(c) {
    if (column(c).passes || state.folded.has(c)) return [];
    if (isClasses(c)) return Array.from({ length: column(c).shape[2] }, (_, unit) => unit);
    const kept = state.all.has(c) ? column(c).order : column(c).order.slice(0, few(c));
    const pinned = exists(state.pinned) && state.pinned.c === c && !kept.includes(state.pinned.unit) ? [state.pinned.unit] : [];
    return [...kept, ...pinned].sort((a, b) => a - b);
  }

  // What adds to a unit: [{ unit, amount }], the largest first.
  function sources(c, unit) {
    const { source, strongest } = column(c);
    if (source === null || source === undefined) return [];
    if (!strongest) return [{ unit: unit % column(source).shape[2], amount: null }];
    return Array.from({ length: strongest.count }, (_, i) => ({
      unit: strongest.sources[unit * strongest.count + i],
      amount: strongest.amounts[unit * strongest.count + i],
    }));
  }

  function scaleOf(c, unit) {
    const { kind, limit, limits } = column(c);
    if (kind === "ink" || state.range === "layer") return { kind, limit };
    return { kind, limit: state.range === "map" ? limits[slotOf(c, unit)] : now.networkLimit };
  }

  function colour(value, { kind, limit }) {
    const share = limit > 0 ? value / limit : 0;
    return Number.isNaN(value) ? 255 : Math.round(254 * (kind === "diverging" ? (clamp(share, -1, 1) + 1) / 2 : clamp(share, 0, 1)));
  }

  const css = ({ table }, k) => `rgb(${table[3 * k]} ${table[3 * k + 1]} ${table[3 * k + 2]})`;

  function paint(canvas, c, unit) {
    const [height, width] = column(c).shape;
    Object.assign(canvas, { width, height });
    const picture = new ImageData(width, height);
    const scale = scaleOf(c, unit);
    const { table } = now.tables[scale.kind];
    valuesOf(c, unit).forEach((value, k) => {
      const index = 3 * colour(value, scale);
      picture.data.set([table[index], table[index + 1], table[index + 2], 255], 4 * k);
    });
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  // Columns

  function signOf(c, unit) {
    const { dead, silent, saturated } = column(c).marked;
    if (dead?.has(unit)) return "✕";
    if (silent?.has(unit)) return "○";
    return saturated?.has(unit) ? "≈" : "";
  }

  function unitMarkup(c, unit) {
    const sign = signOf(c, unit);
    const content = isClasses(c)
      ? `${unit}<span><i style="width:${100 * (valuesOf(c, unit)[0] || 0)}%"></i></span>${percent(valuesOf(c, unit)[0])}`
      : "<canvas></canvas>";
    return `<button type="button" class="unit ${isClasses(c) && unit === now.winner ? "best" : ""}" data-c="${c}" data-unit="${unit}" tabindex="-1"
      aria-label="${sentence(c, unit)}">${content}${sign ? `<sup>${sign}</sup>` : ""}</button>`;
  }

  function spreadMarkup(spread, what) {
    const most = Math.max(...spread.counts, 1);
    const bars = spread.counts.map((count) => `<i style="height:${count ? Math.max(4, (100 * Math.sqrt(count)) / Math.sqrt(most)) : 0}%"></i>`).join("");
    const bad = [[spread.nan, "NaN"], [spread.infinite, "Inf"]].filter(([count]) => count).map(([count, name]) => `<span class="bad">! ${many(count)} ${name}</span>`).join(" ");
    const title = `${what}: ${many(spread.size)} values from ${short(spread.low)} to ${short(spread.high)}; ${many(spread.zeros)} are 0, ${many(spread.nan)} NaN, ${many(spread.infinite)} infinite. Bars: the root of how many.`;
    return `<span class="spread" role="img" aria-label="${title}" title="${title}">${bars}</span>
      <small>${what}<br>${Math.round((100 * spread.zeros) / Math.max(spread.size, 1))} % zero ${bad}</small>`;
  }

  function columnMarkup(c) {
    const { name, settings, passes, shape, order, spread, weights, marks } = column(c);
    const isFolded = state.folded.has(c);
    const title = `${layerName(c)} · ${settings}`.replace(/ · $/, "");
    if (passes || isFolded) {
      const text = passes ? `${layerName(c)}: passes on` : layerName(c);
      return passes ? `<div class="fold" title="${title}">${text}</div>`
        : `<button class="fold" type="button" data-fold="${c}" aria-expanded="false" title="${title}: unfold">${text}</button>`;
    }
    const size = column(c).isVector ? many(shape[2]) : shape.join(" x ");
    const words = settings.split(", ").filter((word) => !/units|digit/.test(word)).map((word) => word.replace(/^\d+ filters /, ""));
    const head = `<button class="fold" type="button" data-fold="${c}" aria-expanded="true" title="${title}: fold"><b>${shortName(c)}</b>${size}<br>${words.slice(0, 2).join(", ")}</button>`;
    const units = `<div class="units">${visible(c).map((unit) => unitMarkup(c, unit)).join("")}</div>`;
    const hidden = shape[2] - few(c);
    const toggle = isClasses(c) || hidden <= 0 ? ""
      : `<small>${state.all.has(c) ? (order.length < shape[2] ? `the ${many(order.length)} strongest` : "all") : few(c)} of ${many(shape[2])}</small><button type="button" data-all="${c}" aria-pressed="${state.all.has(c)}">${state.all.has(c) ? "Fewer" : "Show all"}</button>`;
    const count = (name) => marks?.[name]?.count ?? 0;
    const signs = [[count("silent") - count("dead"), "○"], [count("dead"), "✕"], [count("saturated"), "≈"]].filter(([count]) => count).map(([count, sign]) => `${many(count)} ${sign}`).join(" ");
    const legend = isClasses(c) ? "" : `<span class="legend"><canvas height="1" width="255"></canvas><span class="low"></span><span class="middle"></span><span class="high"></span></span>`;
    return `${head}${units}<div class="under">${toggle}${legend}${signs ? `<span>${signs}</span>` : ""}${spreadMarkup(spread, "values")}${weights ? spreadMarkup(weights, "weights") : ""}</div>`;
  }

  function drawLegend(c) {
    const canvas = stage.children[c + 1].querySelector(".legend canvas");
    if (!canvas) return;
    const { kind, limit } = scaleOf(c, column(c).order[0]);
    const picture = new ImageData(255, 1);
    const { table } = now.tables[kind];
    for (let k = 0; k < 255; k++) picture.data.set([...table.subarray(3 * k, 3 * k + 3), 255], 4 * k);
    canvas.getContext("2d").putImageData(picture, 0, 0);
    const top = state.range === "map" && kind !== "ink" ? "largest" : short(limit);
    const legend = canvas.parentElement;
    legend.querySelector(".low").textContent = kind === "diverging" ? (top === "largest" ? "−" : signed(`-${top}`)) : "0";
    legend.querySelector(".middle").textContent = kind === "diverging" ? "0" : "";
    legend.querySelector(".high").textContent = kind === "diverging" && top === "largest" ? "+" : top;
  }

  function drawColumns() {
    [...stage.querySelectorAll(".column")].slice(now.columns.length).forEach((element) => element.remove());
    now.columns.forEach((one, c) => {
      const element = stage.children[c + 1] ?? stage.appendChild(document.createElement("div"));
      element.className = `column ${one.passes || state.folded.has(c) ? "narrow" : ""} ${one.isVector ? "vector" : ""} ${isClasses(c) ? "classes" : ""}`;
      const rows = isClasses(c) ? 10 : one.isVector ? FEW.units : FEW.maps;
      const side = c === 0 ? 72 : SIDE;
      Object.entries({
        "--layer": one.colour,
        "--height": `${HEIGHT}px`,
        "--rows": clamp(visible(c).length, 1, rows),
        "--wide": `${one.isVector ? CELL.wide : side}px`,
        "--high": `${isClasses(c) ? 42 : one.isVector ? CELL.high : side}px`,
      }).forEach(([name, value]) => element.style.setProperty(name, value));
      element.innerHTML = columnMarkup(c);
      element.querySelectorAll(".unit canvas").forEach((canvas) => paint(canvas, c, +canvas.parentElement.dataset.unit));
      drawLegend(c);
    });
    const signs = [["silent", "○ zero for this digit"], ["dead", `✕ zero for all of ${now.numSampled} test digits`], ["saturated", "≈ at an end of its activation"]];
    find(".signs").textContent = signs.filter(([name]) => now.columns.some((one) => one.marks?.[name])).map(([, text]) => text).join(" · ");
  }

  // Edges

  const button = ({ c, unit }) => stage.children[c + 1].querySelector(`.unit[data-unit="${unit}"]`);

  // A unit's place, or its folded column's.
  function anchor(at, isSource) {
    const element = button(at) ?? (state.folded.has(at.c) ? stage.children[at.c + 1] : null);
    if (!element) return null;
    const [box, frame] = [element.getBoundingClientRect(), stage.getBoundingClientRect()];
    return [(isSource ? box.right : box.left) - frame.left, box.top + box.height / 2 - frame.top];
  }

  function edge(from, to, attributes) {
    const [a, b] = [anchor(from, true), anchor(to, false)];
    if (!a || !b) return "";
    const middle = (a[0] + b[0]) / 2;
    return `<path d="M${a[0]},${a[1]}C${middle},${a[1]} ${middle},${b[1]} ${b[0]},${b[1]}" ${attributes}/>`;
  }

  function faintEdges() {
    return now.columns.map((one, c) => (one.passes ? "" : visible(c).map((unit) =>
      sources(c, unit).slice(0, 2).map((from) => edge({ c: one.source, unit: from.unit }, { c, unit }, "class=\"faint\"")).join("")).join(""))).join("");
  }

  // The way back from a unit along what adds most: its edges, and the units on it.
  function way(at) {
    const edges = [];
    const on = new Map([[`${at.c}/${at.unit}`, at]]);
    let level = [at];
    for (let depth = 0; level.length && depth < now.columns.length; depth++) {
      const next = new Map();
      level.forEach((to) => {
        const all = sources(to.c, to.unit);
        const largest = Math.max(...all.map(({ amount }) => Math.abs(amount ?? 1)), 1e-12);
        const { source } = column(to.c);
        const shown = all.filter(({ unit }) => button({ c: source, unit }) ?? state.folded.has(source));
        shown.slice(0, BREADTH[Math.min(depth, BREADTH.length - 1)]).forEach(({ unit, amount }) => {
          if (amount === 0) return;
          const from = { c: source, unit };
          edges.push({ from, to, amount, share: Math.abs(amount ?? 1) / largest, depth });
          next.set(`${source}/${unit}`, from);
          on.set(`${source}/${unit}`, from);
        });
      });
      level = [...next.values()];
    }
    return { edges, on };
  }

  function light() {
    const at = target();
    const { edges, on } = way(at);
    svg.innerHTML = faintEdges() + edges.reverse().map(({ from, to, amount, share, depth }) => edge(from, to, `stroke="${amount === null ? "var(--st-text-color)" : amount < 0 ? "#2C74BB" : "#D96B0C"}" stroke-width="${(amount === null ? 1.5 : Math.max(1, WIDEST * share)) * (depth ? 0.6 : 1)}"
      stroke-dasharray="${amount < 0 ? "5 3" : "none"}" opacity="${depth ? 0.75 : 1}" data-from="${from.c}/${from.unit}" data-to="${to.c}/${to.unit}"`)).join("");
    stage.classList.toggle("lit", exists(state.at) || exists(state.pinned));
    stage.querySelectorAll(".unit").forEach((element) => {
      const [c, unit] = [+element.dataset.c, +element.dataset.unit];
      element.classList.toggle("on", on.has(`${c}/${unit}`) || isClasses(c));
      element.classList.toggle("target", c === at.c && unit === at.unit);
      const isPinned = exists(state.pinned) && c === state.pinned.c && unit === state.pinned.unit;
      element.classList.toggle("pinned", isPinned);
      element.setAttribute("aria-pressed", isPinned);
    });
    find(".readout").textContent = sentence(at.c, at.unit, true);
  }

  // A unit in words: what it is, its values, and what adds most to it.
  function sentence(c, unit, withSources = false) {
    const values = valuesOf(c, unit);
    const finite = values.filter(Number.isFinite);
    const sign = { "✕": `zero for all of ${now.numSampled} test digits`, "○": "zero for this digit", "≈": "at an end of its activation" }[signOf(c, unit)];
    const range = isClasses(c) ? percent(values[0]) : values.length === 1 ? short(values[0])
      : finite.length === 0 ? "no finite value" : Math.min(...finite) === Math.max(...finite) ? `all ${short(finite[0])}`
        : `from ${short(Math.min(...finite))} to ${short(Math.max(...finite))}`;
    const head = `${layerName(c)}, ${unitName(c, unit)}: ${range}${sign ? `, ${sign}` : ""}.`;
    if (!withSources) return head;
    const all = sources(c, unit);
    if (!all.length) return head;
    if (all[0].amount === null) return `${head} It is made from ${unitName(column(c).source, all[0].unit)} alone.`;
    const words = all.slice(0, 3).filter(({ amount }) => amount !== 0).map(({ unit: from, amount }) => `${unitName(column(c).source, from)} ${amount < 0 ? "takes away" : "adds"} ${short(Math.abs(amount))}`);
    return `${head} ${words.length ? `${words.join(", ")}${values.length > 1 ? " (mean where the map is not zero, before the activation)" : ""}.` : "Nothing comes in but zeros."}`;
  }

  // The pinned unit, enlarged, with what adds to it

  function drawDetail() {
    const at = detailed();
    const { c, unit } = at;
    find(".unpin").hidden = !exists(state.pinned);
    find(".detail h4").textContent = sentence(c, unit) + (exists(state.pinned) ? "" : " Click any map or unit to pin it here.");
    const isMap = !column(c).isVector;
    big.hidden = !isMap;
    if (isMap) paintBig(c, unit);
    drawSums(c, unit);
  }

  function paintBig(c, unit) {
    const [height, width] = column(c).shape;
    const room = Math.min(ENLARGED.width, ENLARGED.cell * width, root.clientWidth);
    const cell = Math.max(1, Math.floor((room * devicePixelRatio) / width));
    const canvas = big.querySelector("canvas");
    canvas.style.width = `${(cell * width) / devicePixelRatio}px`;
    Object.assign(canvas, { width: cell * width, height: cell * height });
    const context = canvas.getContext("2d");
    Object.assign(context, { font: `${cell / 2.7}px ${getComputedStyle(root).fontFamily}`, textAlign: "center", textBaseline: "middle" });
    const scale = scaleOf(c, unit);
    const { darkText } = now.tables[scale.kind];
    valuesOf(c, unit).forEach((value, k) => {
      const [x, y, index] = [k % width, Math.floor(k / width), colour(value, scale)];
      context.fillStyle = css(now.tables[scale.kind], index);
      context.fillRect(x * cell, y * cell, cell, cell);
      if (cell / devicePixelRatio < ENLARGED.roomForNumbers) return;
      context.fillStyle = darkText[index] ? "#000" : "#fff";
      context.fillText(inCell(value), (x + 0.5) * cell, (y + 0.5) * cell, cell * 0.94);
    });
    big.setAttribute("aria-label", `${sentence(c, unit)} Arrow keys read the values, Enter shows how one came about.`);
    mark(null);
  }

  function mark(cell) {
    const { c, unit } = detailed();
    const [height, width] = column(c).shape;
    find(".cell").style.display = cell === null ? "none" : "block";
    if (cell === null) return;
    state.cell = clamp(cell, 0, height * width - 1);
    const [row, place] = [Math.floor(state.cell / width), state.cell % width];
    Object.assign(find(".cell").style, { left: `${(100 * place) / width}%`, width: `${100 / width}%`, top: `${(100 * row) / height}%`, height: `${100 / height}%` });
    find(".readout").textContent = `${layerName(c)}, ${unitName(c, unit)}, row ${row}, column ${place}: ${signed(`${+valuesOf(c, unit)[state.cell].toPrecision(6)}`)}. Click it to see how it came about.`;
  }

  function drawSums(c, unit) {
    const all = sources(c, unit);
    const from = column(c).source;
    const ask = column(c).isVector ? `<button type="button" class="ask">How did this number come about?</button>` : "";
    if (!all.length) { find(".sums").innerHTML = "<p>These are the pixels as the network is given them.</p>"; return; }
    if (all[0].amount === null) {
      find(".sums").innerHTML = `<p>${column(c).name} makes it from one source:</p><ol>${sourceMarkup(from, all[0], 1)}</ol>${ask}`;
      return;
    }
    const { rest, bias } = column(c).strongest;
    const largest = Math.max(...all.map(({ amount }) => Math.abs(amount)));
    const mean = all.reduce((sum, { amount }) => sum + amount, rest[unit] + bias[unit]);
    const others = column(from).shape[2] - all.length;
    find(".sums").innerHTML = `<ol>${all.map((one) => sourceMarkup(from, one, largest)).join("")}</ol><table>
      ${others > 0 ? `<tr><th>${many(others)} others together</th><td>${short(rest[unit])}</td></tr>` : ""}
      <tr><th>bias</th><td>${short(bias[unit])}</td></tr>
      <tr class="line"><th>${column(c).isVector ? "sum" : "mean where it is not zero,"} before the activation</th><td>${short(mean)}</td></tr></table>${ask}`;
  }

  function sourceMarkup(c, { unit, amount }, largest) {
    const side = amount < 0 ? "right" : "left";
    const bar = amount === null || !largest ? "" : `<i class="${amount < 0 ? "below" : "above"}" style="width:${(50 * Math.abs(amount)) / largest}%;${side}:50%"></i>`;
    return `<li><button type="button" data-source="${c}/${unit}" ${slotOf(c, unit) === undefined ? "disabled" : ""}><span>${unitName(c, unit)}</span><span class="amount">${bar}</span><b>${amount === null ? "" : short(amount)}</b></button></li>`;
  }

  // What a person does

  function draw() {
    drawColumns();
    const focus = exists(state.focus) && button(state.focus) ? state.focus : target();
    button(focus)?.setAttribute("tabindex", 0);
    light();
    drawDetail();
    const { pinned, folded, all, range } = state;
    kept.set(state.layers, { pinned, folded, all, range });
  }

  function pin(at) {
    if (!exists(at)) return;
    const again = state.pinned && at.c === state.pinned.c && at.unit === state.pinned.unit;
    state.pinned = again ? null : at;
    state.at = null;
    state.folded.delete(at.c);
    state.focus = at;
    draw();
  }

  function point(at) {
    if (at?.c === state.at?.c && at?.unit === state.at?.unit) return;
    state.at = at;
    light();
  }

  const unitOf = (element) => {
    const found = element.closest?.(".unit");
    return found ? { c: +found.dataset.c, unit: +found.dataset.unit } : null;
  };

  function trace(position) {
    send({ layer: column(detailed().c).layer, position });
  }

  function traceCell() {
    const { c, unit } = detailed();
    const width = column(c).shape[1];
    trace([Math.floor(state.cell / width), state.cell % width, unit]);
  }

  function toggle(set, c, selector) {
    if (!set.delete(c)) set.add(c);
    draw();
    stage.children[c + 1].querySelector(selector)?.focus({ preventScroll: true });
  }

  // Up and down within a column; left and right to the column beside it, at about the same height.
  function move([columns, units]) {
    const { c, unit } = state.focus ?? target();
    if (units) {
      const all = visible(c);
      return { c, unit: all[clamp(all.indexOf(unit) + units, 0, all.length - 1)] };
    }
    let next = c + columns;
    while (column(next) && !visible(next).length) next += columns;
    if (!column(next)) return { c, unit };
    const all = visible(next);
    return { c: next, unit: all[Math.round((visible(c).indexOf(unit) / Math.max(visible(c).length - 1, 1)) * (all.length - 1))] };
  }

  function go(at) {
    state.focus = at;
    stage.querySelectorAll(".unit").forEach((element) => { element.tabIndex = -1; });
    button(at).tabIndex = 0;
    button(at).focus();
  }

  stage.addEventListener("pointerover", (event) => point(unitOf(event.target)));
  stage.addEventListener("pointerleave", () => point(null));
  stage.addEventListener("focusin", (event) => {
    const at = unitOf(event.target);
    if (at) state.focus = at;
    point(at);
  });
  stage.addEventListener("focusout", () => point(null));
  stage.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || !unitOf(event.target)) return;
    event.preventDefault();
    go(move(KEYS[event.key]));
  });
  root.addEventListener("click", (event) => {
    const element = event.target.closest("button");
    if (!element) return;
    const { fold, all, source } = element.dataset;
    if (element.matches(".unit")) {
      pin(unitOf(element));
      button(state.focus)?.focus({ preventScroll: true });
    } else if (fold !== undefined) toggle(state.folded, +fold, ".fold");
    else if (all !== undefined) toggle(state.all, +all, "[data-all]");
    else if (element.matches(".unpin")) { state.pinned = null; draw(); find(".detail h4").focus({ preventScroll: true }); } else if (element.matches(".ask")) trace([detailed().unit]);
    else if (source) {
      const [c, unit] = source.split("/").map(Number);
      pin({ c, unit });
      find(".detail h4").focus({ preventScroll: true });
    }
  });
  find(".range").addEventListener("change", (event) => { state.range = event.target.value; draw(); });
  big.addEventListener("pointermove", (event) => {
    const box = big.querySelector("canvas").getBoundingClientRect();
    const [height, width] = column(detailed().c).shape;
    const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * height), 0, height - 1);
    mark(row * width + clamp(Math.floor(((event.clientX - box.left) / box.width) * width), 0, width - 1));
  });
  const leave = () => { mark(null); find(".readout").textContent = sentence(target().c, target().unit, true); };
  big.addEventListener("pointerleave", leave);
  big.addEventListener("blur", leave);
  big.addEventListener("focus", () => mark(state.cell));
  big.addEventListener("click", traceCell);
  big.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    const width = column(detailed().c).shape[1];
    if (event.key === "Enter") traceCell();
    if (!step) return;
    event.preventDefault();
    mark(state.cell + step[0] + step[1] * width);
  });
  let width;
  const observer = new ResizeObserver(() => { if (now && width !== root.clientWidth) { width = root.clientWidth; light(); drawDetail(); } });
  observer.observe(root);

  const decode = (one) => (one.passes ? one : {
    ...one,
    values: floats(one.values),
    limits: floats(one.limits),
    slots: new Map(one.order.map((unit, slot) => [unit, slot])),
    marked: Object.fromEntries(Object.entries(one.marks).map(([name, { units }]) => [name, new Set(units)])),
    strongest: one.strongest && {
      count: one.strongest.count,
      sources: new Uint32Array(bytes(one.strongest.sources).buffer),
      amounts: floats(one.strongest.amounts),
      rest: floats(one.strongest.rest),
      bias: floats(one.strongest.bias),
    },
  });

  return {
    update(data, { setTriggerValue }) {
      send = (request) => setTriggerValue("trace", request);
      const tables = Object.entries(data.tables).map(([kind, { table, darkText }]) => [kind, { table: bytes(table), darkText: bytes(darkText) }]);
      now = { ...data, columns: data.columns.map(decode), tables: Object.fromEntries(tables) };
      const layers = JSON.stringify(data.columns.map(({ name, shape }) => [name, shape]));
      if (state.layers !== layers) {
        const fresh = { pinned: null, folded: new Set(), all: new Set(), range: state.range };
        Object.assign(state, { layers, at: null, focus: null }, kept.get(layers) ?? fresh);
        find(".range").value = state.range;
      }
      width = root.clientWidth;
      draw();
    },
    remove: () => observer.disconnect(),
  };
}

export default mount(createView);
