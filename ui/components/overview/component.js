// Columns of small pictures, and edges for what adds most. `state.at` is the unit under the pointer or the focus, `pinned`
// the one that stays; without either, the class that won. A unit is "column/unit"; its slot is its place among those sent.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, layOver, legend, paint, paintLarge, wholeCells, within } from "../raster.js";
import { brief, clamp, decoded, finder, floats, integers, make, minus, onArrow, percent, setStyles, short, whole } from "../shared.js";

/**
 * @typedef {{counts: string, low: number, high: number, numValues: number, numZeros: number, numNan: number, numInfinite: number}} Spread
 * @typedef {object} Column
 * @property {number} layer @property {string} name @property {string} settings @property {string} colour @property {boolean} [passes]
 * @property {[number, number, number]} [shape] @property {boolean} [isVector] @property {number[]} [order] units, the strongest first
 * @property {string} [values] of the units in this order @property {string} [kind] @property {number} [limit] @property {string} [limits]
 * @property {Record<string, {count: number, units: number[]}>} [marks] @property {Spread} [spread]
 * @property {Spread | null} [weights] @property {number | null} [source]
 * @property {{sources: string, amounts: string, rest: string} | null} [strongest] @property {string | null} [bias]
 * @typedef {{columns: Column[], networkLimit: number, numSampled: number, winner: number}} Data
 */
const SIDE = 40; // of a map, in pixels
const CELL = { wide: 30, high: 12 }; // of a vector's unit
const HEIGHT = 466;
const FEW = { maps: 10, units: 30 };
const BREADTH = [5, 2, 1, 1]; // edges into a unit, by its distance from the one that is lit
const WIDEST = 6; // pixels of the largest contribution's edge
const ENLARGED = { cell: 46, width: 640 };
const SIGNS = { dead: "✕", silent: "○", saturated: "≈" };
const inWords = (value) => minus(short(value));

const kept = new Map(); // by a network's layers: what is pinned, folded and shown, for when the view comes back

function createView(root) {
  const find = finder(root);
  const [stage, svg, big] = [find(".stage"), find("svg"), find(".big")];
  const state = { at: null, pinned: null, folded: new Set(), all: new Set(), range: "layer", cell: [0, 0], focus: null };
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
  const few = (c) => (column(c).isVector ? FEW.units : FEW.maps);

  function visible(c) {
    if (column(c).passes || state.folded.has(c)) return [];
    if (isClasses(c)) return Array.from({ length: column(c).shape[2] }, (_, unit) => unit);
    const most = state.all.has(c) ? column(c).order : column(c).order.slice(0, few(c));
    const pinned = exists(state.pinned) && state.pinned.c === c && !most.includes(state.pinned.unit) ? [state.pinned.unit] : [];
    return [...most, ...pinned].sort((a, b) => a - b);
  }

  // What adds to a unit: [{ unit, amount }], the largest first.
  function sources(c, unit) {
    const { source, strongest } = column(c);
    if (source === null || source === undefined) return [];
    if (!strongest) return [{ unit: unit % column(source).shape[2], amount: null }];
    const count = strongest.sources.length / strongest.rest.length;
    return Array.from({ length: count }, (_, i) => unit * count + i)
      .map((place) => ({ unit: strongest.sources[place], amount: strongest.amounts[place] }));
  }

  function scaleOf(c, unit) {
    const { kind, limit, limits } = column(c);
    if (kind === "ink" || state.range === "layer") return { kind, limit };
    return { kind, limit: state.range === "map" ? limits[slotOf(c, unit)] : now.networkLimit };
  }

  // Columns

  const markOf = (c, unit) => Object.keys(SIGNS).find((name) => column(c).marked[name]?.has(unit));

  function unitMarkup(c, unit) {
    const sign = SIGNS[markOf(c, unit)];
    const content = isClasses(c)
      ? `${unit}<span><i style="width:${100 * (valuesOf(c, unit)[0] || 0)}%"></i></span>${percent(valuesOf(c, unit)[0])}`
      : "<canvas></canvas>";
    return `<button type="button" class="unit ${isClasses(c) && unit === now.winner ? "best" : ""}" data-c="${c}" data-unit="${unit}" tabindex="-1"
      aria-label="${sentence(c, unit)}">${content}${sign ? `<sup>${sign}</sup>` : ""}</button>`;
  }

  function spreadMarkup(spread, what) {
    const { low, high, numValues, numZeros, numNan, numInfinite } = spread;
    const counts = [...integers(spread.counts)];
    const most = Math.max(...counts, 1);
    const bars = counts.map((count) => `<i style="height:${count && Math.max(4, 100 * Math.sqrt(count / most))}%"></i>`).join("");
    const bad = (count, name) => (count ? `<span class="bad">! ${whole(count)} ${name}</span>` : "");
    const title = `${what}: ${whole(numValues)} values from ${inWords(low)} to ${inWords(high)}; ${whole(numZeros)} are 0,`
      + ` ${whole(numNan)} NaN, ${whole(numInfinite)} infinite. Bars: the root of how many.`;
    const zeros = percent(numZeros / Math.max(numValues, 1), 0);
    return `<span class="spread" role="img" aria-label="${title}" title="${title}">${bars}</span>
      <small>${what}<br>${zeros} zero ${bad(numNan, "NaN")} ${bad(numInfinite, "Inf")}</small>`;
  }

  function columnMarkup(c) {
    const { settings, passes, isVector, shape, order, spread, weights, marks } = column(c);
    const isFolded = state.folded.has(c);
    const title = `${layerName(c)} · ${settings}`.replace(/ · $/, "");
    if (passes || isFolded) {
      const text = passes ? `${layerName(c)}: passes on` : layerName(c);
      return passes ? `<div class="fold" title="${title}">${text}</div>`
        : `<button class="fold" type="button" data-fold="${c}" aria-expanded="false" title="${title}: unfold">${text}</button>`;
    }
    const words = settings.split(", ").filter((word) => !/units|digit/.test(word)).map((word) => word.replace(/^\d+ filters /, ""));
    const head = `<button class="fold" type="button" data-fold="${c}" aria-expanded="true" title="${title}: fold"><b>${brief(layerName(c))}</b>${
      isVector ? whole(shape[2]) : shape.join(" x ")}<br>${words.slice(0, 2).join(", ")}</button>`;
    const units = `<div class="units">${visible(c).map((unit) => unitMarkup(c, unit)).join("")}</div>`;
    const seesAll = state.all.has(c);
    const shown = seesAll ? (order.length < shape[2] ? `the ${whole(order.length)} strongest` : "all") : few(c);
    const more = isClasses(c) || shape[2] <= few(c) ? ""
      : `<small>${shown} of ${whole(shape[2])}</small><button type="button" data-all="${c}" aria-pressed="${seesAll}">${seesAll ? "Fewer" : "Show all"}</button>`;
    const count = (name) => marks[name]?.count ?? 0;
    const signs = [[count("silent") - count("dead"), SIGNS.silent], [count("dead"), SIGNS.dead], [count("saturated"), SIGNS.saturated]]
      .filter(([number]) => number).map(([number, sign]) => `${whole(number)} ${sign}`).join(" ");
    return `${head}${units}<div class="under">${more}${legendMarkup(c)}${signs ? `<span>${signs}</span>` : ""}${
      spreadMarkup(spread, "values")}${weights ? spreadMarkup(weights, "weights") : ""}</div>`;
  }

  function legendMarkup(c) {
    if (isClasses(c)) return "";
    const scale = scaleOf(c, column(c).order[0]);
    const isOwn = state.range === "map" && scale.kind !== "ink"; // each map has its own
    return `<span class="legend">${legend(scale, isOwn ? (scale.kind === "diverging" ? "" : "largest") : undefined)}</span>`;
  }

  function drawColumns() {
    [...stage.querySelectorAll(".column")].slice(now.columns.length).forEach((element) => element.remove());
    now.columns.forEach((one, c) => {
      const element = stage.children[c + 1] ?? stage.appendChild(make("div"));
      element.className = `column ${one.passes || state.folded.has(c) ? "narrow" : ""} ${one.isVector ? "vector" : ""} ${isClasses(c) ? "classes" : ""}`;
      const rows = isClasses(c) ? 10 : one.isVector ? FEW.units : FEW.maps;
      const side = c === 0 ? 72 : SIDE;
      setStyles(element, {
        layer: one.colour,
        height: `${HEIGHT}px`,
        rows: clamp(visible(c).length, 1, rows),
        wide: `${one.isVector ? CELL.wide : side}px`,
        high: `${isClasses(c) ? 42 : one.isVector ? CELL.high : side}px`,
      });
      element.innerHTML = columnMarkup(c);
      element.querySelectorAll(".unit canvas").forEach((canvas) => {
        const unit = +canvas.parentElement.dataset.unit;
        paint(canvas, valuesOf(c, unit), one.shape[1], scaleOf(c, unit));
      });
    });
    find(".signs").textContent = ["silent", "dead", "saturated"].filter((name) => now.columns.some((one) => one.marks?.[name]))
      .map((name) => `${SIGNS[name]} ${meaningOf(name)}`).join(" · ");
  }

  const meaningOf = (name) => ({
    silent: "zero for this digit",
    dead: `zero for all of ${now.numSampled} test digits`,
    saturated: "at an end of its activation",
  }[name]);

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
    const into = (to) => sources(to.c, to.unit).slice(0, 2)
      .map(({ unit }) => edge({ c: column(to.c).source, unit }, to, `class="faint"`));
    return now.columns.flatMap((_, c) => visible(c).flatMap((unit) => into({ c, unit }))).join("");
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
    svg.innerHTML = faintEdges() + edges.reverse().map(({ from, to, amount, share, depth }) => {
      const colour = amount === null ? "var(--st-text-color)" : amount < 0 ? "#2C74BB" : "#D96B0C";
      const width = (amount === null ? 1.5 : Math.max(1, WIDEST * share)) * (depth ? 0.6 : 1);
      return edge(from, to, `stroke="${colour}" stroke-width="${width}" stroke-dasharray="${amount < 0 ? "5 3" : "none"}"
        opacity="${depth ? 0.75 : 1}" data-from="${from.c}/${from.unit}" data-to="${to.c}/${to.unit}"`);
    }).join("");
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
    const sign = markOf(c, unit);
    const [least, largest] = [Math.min(...finite), Math.max(...finite)].map(inWords);
    const range = isClasses(c) ? percent(values[0]) : values.length === 1 ? inWords(values[0])
      : finite.length === 0 ? "no finite value" : least === largest ? `all ${least}` : `from ${least} to ${largest}`;
    const head = `${layerName(c)}, ${unitName(c, unit)}: ${range}${sign ? `, ${meaningOf(sign)}` : ""}.`;
    const all = withSources ? sources(c, unit) : [];
    if (!all.length) return head;
    const { source } = column(c);
    if (all[0].amount === null) return `${head} It is made from ${unitName(source, all[0].unit)} alone.`;
    const words = all.slice(0, 3).filter(({ amount }) => amount !== 0).map(({ unit: from, amount }) =>
      `${unitName(source, from)} ${amount < 0 ? "takes away" : "adds"} ${inWords(Math.abs(amount))}`);
    const note = values.length > 1 ? " (mean where the map is not zero, before the activation)" : "";
    return `${head} ${words.length ? `${words.join(", ")}${note}.` : "Nothing comes in but zeros."}`;
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
    const columns = column(c).shape[1];
    const width = wholeCells(columns, Math.min(ENLARGED.width, ENLARGED.cell * columns, root.clientWidth));
    const canvas = big.querySelector("canvas");
    canvas.style.width = `${width}px`;
    paintLarge(canvas, width, { values: valuesOf(c, unit), columns, scale: scaleOf(c, unit) });
    big.setAttribute("aria-label", `${sentence(c, unit)} Arrow keys read the values, Enter shows how one came about.`);
    mark(null);
  }

  function mark(/** @type {number[] | null} */ place) {
    const { c, unit } = detailed();
    const [height, width] = column(c).shape;
    find(".cell").style.display = place === null ? "none" : "block";
    if (place === null) return;
    state.cell = within(place, height, width);
    layOver(find(".cell"), state.cell, [height, width]);
    const [row, x] = state.cell;
    const value = minus(short(valuesOf(c, unit)[row * width + x], 6));
    find(".readout").textContent = `${layerName(c)}, ${unitName(c, unit)}, row ${row}, column ${x}: ${value}. Click it to see how it came about.`;
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
    const { strongest: { rest }, bias } = column(c);
    const largest = Math.max(...all.map(({ amount }) => Math.abs(amount)));
    const mean = all.reduce((sum, { amount }) => sum + amount, rest[unit] + bias[unit]);
    const others = column(from).shape[2] - all.length;
    const line = (name, value, kind = "") => `<tr class="${kind}"><th>${name}</th><td>${inWords(value)}</td></tr>`;
    find(".sums").innerHTML = `<ol>${all.map((one) => sourceMarkup(from, one, largest)).join("")}</ol><table>
      ${others > 0 ? line(`${whole(others)} others together`, rest[unit]) : ""}${line("bias", bias[unit])}
      ${line(`${column(c).isVector ? "sum" : "mean where it is not zero,"} before the activation`, mean, "line")}</table>${ask}`;
  }

  function sourceMarkup(c, { unit, amount }, largest) {
    const [kind, side] = amount < 0 ? ["below", "right"] : ["above", "left"];
    const bar = amount === null || !largest ? "" : `<i class="${kind}" style="width:${(50 * Math.abs(amount)) / largest}%;${side}:50%"></i>`;
    return `<li><button type="button" data-source="${c}/${unit}" ${slotOf(c, unit) === undefined ? "disabled" : ""}><span>${unitName(c, unit)}</span>
      <span class="amount">${bar}</span><b>${amount === null ? "" : inWords(amount)}</b></button></li>`;
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

  const trace = (position) => send({ layer: column(detailed().c).layer, position });
  const traceCell = () => trace([...state.cell, detailed().unit]);

  function toggle(those, c, selector) {
    if (!those.delete(c)) those.add(c);
    draw();
    stage.children[c + 1].querySelector(selector)?.focus({ preventScroll: true });
  }

  // Up and down within a column; left and right to the column beside it, at about the same height.
  function move(units, columns) {
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
  onArrow(stage, (units, columns, { target: element }) => { if (unitOf(element)) go(move(units, columns)); });
  root.addEventListener("click", (event) => {
    const element = event.target.closest("button");
    if (!element) return;
    const { fold, all, source } = element.dataset;
    if (element.matches(".unit")) {
      pin(unitOf(element));
      button(state.focus)?.focus({ preventScroll: true });
    } else if (fold !== undefined) toggle(state.folded, +fold, ".fold");
    else if (all !== undefined) toggle(state.all, +all, "[data-all]");
    else if (element.matches(".ask")) trace([detailed().unit]);
    else {
      const [c, unit] = source?.split("/").map(Number) ?? [];
      if (source) pin({ c, unit });
      else if (element.matches(".unpin")) { state.pinned = null; draw(); }
      find(".detail h4").focus({ preventScroll: true });
    }
  });
  find(".range").addEventListener("change", (event) => { state.range = event.target.value; draw(); });
  big.addEventListener("pointermove", (event) => {
    const [height, width] = column(detailed().c).shape;
    mark(cellAt(big.querySelector("canvas").getBoundingClientRect(), event, height, width));
  });
  const leave = () => { mark(null); find(".readout").textContent = sentence(target().c, target().unit, true); };
  big.addEventListener("pointerleave", leave);
  big.addEventListener("blur", leave);
  big.addEventListener("focus", () => mark(state.cell));
  big.addEventListener("click", traceCell);
  big.addEventListener("keydown", (event) => event.key === "Enter" && traceCell());
  onArrow(big, (rows, columns) => mark([state.cell[0] + rows, state.cell[1] + columns]));

  const decode = (one) => (one.passes ? one : {
    ...decoded(one, "values", "limits"),
    slots: new Map(one.order.map((unit, slot) => [unit, slot])),
    marked: Object.fromEntries(Object.entries(one.marks).map(([name, { units }]) => [name, new Set(units)])),
    strongest: one.strongest && {
      ...decoded(one.strongest, "amounts", "rest"),
      sources: integers(one.strongest.sources),
    },
    bias: floats(one.bias ?? ""),
  });

  return {
    update(/** @type {Data} */ data, { act }) {
      send = (request) => act("trace", request);
      now = { ...data, columns: data.columns.map(decode) };
      const layers = JSON.stringify(data.columns.map(({ name, shape }) => [name, shape]));
      if (state.layers !== layers) {
        const fresh = { pinned: null, folded: new Set(), all: new Set(), range: state.range };
        Object.assign(state, { layers, at: null, focus: null }, kept.get(layers) ?? fresh);
        find(".range").value = state.range;
      }
      draw();
    },
    resize: () => { light(); drawDetail(); },
  };
}

export default mount(createView);
