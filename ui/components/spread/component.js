// Runs, their means and their ranges over one axis. What is pointed at belongs to the DOM node, not to the data.
import { mount } from "../mount.js";
import { clamp, floats, set } from "../shared.js";
const MARGIN = { left: 52, right: 14, top: 10, bottom: 40 };
const SVG = "http://www.w3.org/2000/svg";
const LEAST_SPAN = 0.02; // of the vertical axis: two points
const NAME_WIDTH = 60; // pixels that the name of a place may take

const percent = (value) => `${(100 * value).toFixed(1)} %`;

function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

function createView(root) {
  const [legend, plot, svg, tip] = [".legend", ".plot", "svg", ".tip"].map((name) => root.querySelector(name));
  let now; // what Python sent, decoded
  let scale;
  let cursor = null; // the place that is read

  function draw() {
    const { width } = svg.getBoundingClientRect();
    scale = scaleOf(width, now.height);
    drawGrid();
    const drawn = svg.querySelector(".drawn");
    drawn.replaceChildren(...now.variants.flatMap(shapes));
    drawCursor();
  }

  function scaleOf(width, height) {
    const known = now.variants.flatMap(({ runs }) => runs.flatMap((run) => [...run])).filter(Number.isFinite);
    const [least, most] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
    const room = Math.max((most - least) * 0.06, (LEAST_SPAN - (most - least)) / 2, 0.002);
    const [low, high] = [Math.max(0, least - room), Math.min(1, most + room)];
    const [first, last] = [now.places[0], now.places.at(-1)];
    const [right, bottom] = [Math.max(width - MARGIN.right, MARGIN.left + 1), height - MARGIN.bottom];
    const share = (place) => (last > first ? (place - first) / (last - first) : 0.5);
    return {
      low,
      high,
      right,
      bottom,
      isEmpty: known.length === 0,
      x: (place) => MARGIN.left + share(place) * (right - MARGIN.left),
      y: (value) => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top),
    };
  }

  function drawGrid() {
    const { x, y, low, high, right, bottom, isEmpty } = scale;
    const middle = (MARGIN.left + right) / 2;
    const parts = [text(middle, now.height - 4, "middle", now.axis)];
    for (const value of isEmpty ? [] : ticks(low, high, 5)) {
      parts.push(make("line", { x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }));
      parts.push(text(MARGIN.left - 6, y(value) + 4, "end", `${+(100 * value).toFixed(1)} %`));
    }
    for (const [place, name] of marks(right - MARGIN.left)) parts.push(text(x(place), bottom + 18, "middle", name));
    if (isEmpty) parts.push(text(middle, bottom / 2 + 5, "middle", `Here the ${now.value} of every run will stand.`, "empty"));
    svg.querySelector(".grid").replaceChildren(...parts);
  }

  // Places with their names; without names, round numbers.
  function marks(width) {
    const most = Math.max(1, Math.floor(width / NAME_WIDTH));
    const [first, last] = [now.places[0], now.places.at(-1)];
    if (now.names === null) return ticks(first, Math.max(last, first + 1), most).filter((at) => Number.isInteger(at) && at <= last).map((at) => [at, at]);
    const stride = Math.ceil(now.places.length / most);
    return now.places.map((place, k) => [place, now.names[k]]).filter((_, k) => k % stride === 0);
  }

  const nameOf = (k) => now.names?.[k] ?? now.places[k].toLocaleString("en");

  function make(name, attributes, content) {
    const element = document.createElementNS(SVG, name);
    set(element, attributes);
    if (content !== undefined) element.textContent = content;
    return element;
  }

  const text = (x, y, anchor, content, name = "") => make("text", { x, y, "text-anchor": anchor, "class": name }, content);

  function points(values) {
    const at = (k) => [scale.x(now.places[k]), scale.y(values[k])];
    return [...values.keys()].filter((k) => Number.isFinite(values[k])).map(at);
  }

  const path = (values) => points(values).map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

  function shapes({ colour, dash, runs, summary }) {
    const [mean, least, most] = summary;
    const back = points(least).reverse().map(([x, y]) => `L${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    const lines = runs.map((run) => make("path", { class: "run", d: path(run) }));
    const dots = runs.flatMap((run) => (points(run).length < 4 ? points(run) : points(run).slice(-1)))
      .map(([cx, cy]) => make("circle", { class: "run-point", cx, cy, r: 2.5 }));
    const ends = points(mean).slice(-1).map(([cx, cy]) => make("circle", { cx, cy, r: 5 }));
    const area = make("path", { class: "range", d: path(most) + (back ? `${back}Z` : "") });
    const thick = make("path", { "class": "mean", "d": path(mean), "stroke-dasharray": dash });
    const all = [area, ...lines, ...dots, thick, ...ends];
    all.forEach((element) => element.style.setProperty("--colour", colour));
    return all;
  }

  function readings(k) {
    return now.variants.map(({ name, colour, runs, summary }) => {
      const [mean, least, most] = summary.map((part) => part[k]);
      const known = runs.filter((run) => Number.isFinite(run[k])).length;
      const range = known > 1 && Number.isFinite(mean) ? `${percent(least)} to ${percent(most)}` : "";
      const value = Number.isFinite(mean) ? percent(mean) : known ? `${known} of ${runs.length} runs so far` : "–";
      return { name, colour, value, range };
    });
  }

  function drawCursor() {
    const line = svg.querySelector(".cross");
    const last = now.places.length - 1;
    const k = cursor === null ? null : clamp(cursor, 0, last);
    line.style.display = k === null ? "none" : "";
    tip.hidden = k === null;
    const said = readings(k ?? last).map(({ name, value, range }) => `${name}: ${value}${range ? ` (${range})` : ""}`).join("; ");
    const place = `${now.axis} ${nameOf(k ?? last)}`;
    set(plot, { "aria-valuemax": last, "aria-valuenow": k ?? last, "aria-valuetext": `${place}. ${said}` });
    if (k === null) return;
    const at = scale.x(now.places[k]);
    set(line, { x1: at, x2: at, y1: MARGIN.top, y2: scale.bottom });
    const rows = readings(k).map(({ name, value, range }) => {
      const row = document.createElement("tr");
      row.append(...[["th", name], ["td", value], ["td", range]].map(([kind, content]) =>
        Object.assign(document.createElement(kind), { textContent: content })));
      return row;
    });
    const table = document.createElement("table");
    table.append(...rows);
    tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: place }), table);
    const room = plot.clientWidth - tip.offsetWidth;
    tip.style.left = `${clamp(at + 14 <= room ? at + 14 : at - 14 - tip.offsetWidth, 0, Math.max(room, 0))}px`;
    tip.style.top = "24px";
  }

  function point(at) {
    cursor = at;
    drawCursor();
  }

  svg.addEventListener("pointermove", (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    const far = now.places.map((place) => Math.abs(scale.x(place) - x));
    point(far.indexOf(Math.min(...far)));
  });
  svg.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const last = now.places.length - 1;
    const from = cursor ?? last;
    const goals = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, Escape: null };
    if (!(event.key in goals) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    point(goals[event.key] === null ? null : clamp(goals[event.key], 0, last));
  });
  const observer = new ResizeObserver(() => now && draw());
  observer.observe(plot);

  function label() {
    legend.replaceChildren(...now.variants.map(({ name, colour, dash }) => {
      const key = make("svg", { class: "key" });
      key.append(make("path", { "class": "mean", "d": "M0 6H34", "stroke-dasharray": dash }));
      key.style.setProperty("--colour", colour);
      const entry = document.createElement("span");
      entry.append(key, name);
      return entry;
    }));
    set(plot, { "aria-label": `Chart of the ${now.value} by ${now.axis}, ${now.variants.length} variants. Arrow keys read the values.` });
  }

  return {
    update(data) {
      const variants = data.variants.map((each) => ({ ...each, runs: each.runs.map(floats), summary: each.summary.map(floats) }));
      now = { ...data, variants };
      root.style.setProperty("--height", `${data.height}px`);
      label();
      draw();
    },
    remove: () => observer.disconnect(),
  };
}

export default mount(createView);
