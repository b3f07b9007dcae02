// Runs, their means and their ranges over one axis. What is pointed at belongs to the DOM node, not to the data.
// @ts-check
import * as chart from "../charts.js";
import { mount } from "../mount.js";
import { clamp, finder, floats, percent, set, setStyles, whole } from "../shared.js";
const MARGIN = { left: 52, right: 14, top: 10, bottom: 40 };
const LEAST_SPAN = 0.02; // of the vertical axis: two points
const NAME_WIDTH = 60; // pixels that the name of a place may take

/**
 * What Python sends; a summary is the mean, the least and the most.
 * @typedef {{name: string, colour: string, dash: string, runs: string[], summary: string[]}} Variant of floats as base64
 * @typedef {{places: number[], names: string[] | null, axis: string, value: string, height: number, variants: Variant[]}} Data
 */

function createView(root) {
  const [plot, svg, tip, grid, drawn, cross] = [".plot", ".plot svg", ".tip", ".grid", ".drawn", ".cross"].map(finder(root));
  let now; // what Python sent, decoded
  let scale;
  let cursor = null; // the place that is read

  const last = () => now.places.length - 1;
  const nameOf = (k) => now.names?.[k] ?? whole(now.places[k]);
  const points = (values) => chart.pointsOf(scale, now.places, values);

  function draw() {
    const known = now.variants.flatMap(({ runs }) => runs.flatMap((run) => [...run])).filter(Number.isFinite);
    const [least, most] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
    const room = Math.max((most - least) * 0.06, (LEAST_SPAN - (most - least)) / 2, 0.002);
    const up = [Math.max(0, least - room), Math.min(1, most + room)];
    const across = [now.places[0], now.places.at(-1)];
    scale = chart.scaleOf({ width: svg.clientWidth, height: now.height, margin: MARGIN, across, up });
    drawGrid(known.length === 0);
    drawn.innerHTML = now.variants.map(shapes).join("");
    drawCursor();
  }

  function drawGrid(isEmpty) {
    const { low, high, left, right, bottom } = scale;
    const middle = (left + right) / 2;
    grid.innerHTML = chart.text(middle, now.height - 4, "middle", now.axis) + chart.placeAxis(scale, marks(right - left))
      + (isEmpty ? chart.text(middle, bottom / 2 + 5, "middle", `Here the ${now.value} of every run will stand.`, "empty")
        : chart.valueAxis(scale, chart.ticks(low, high, 5), chart.shareLabel));
  }

  // Places with their names; without names, round numbers.
  function marks(width) {
    const { from, to, x } = scale;
    if (now.names) return chart.withRoom(now.places.map(x), NAME_WIDTH).map((k) => [now.places[k], now.names[k]]);
    const round = chart.ticks(from, Math.max(to, from + 1), Math.max(1, Math.floor(width / NAME_WIDTH)));
    return round.filter((at) => Number.isInteger(at) && at <= to).map((at) => [at, at]);
  }

  function shapes({ colour, dash, runs, summary }) {
    const [mean, least, most] = summary.map(points);
    const circle = (name, r) => ([x, y]) => `<circle class="${name}" cx="${x}" cy="${y}" r="${r}"/>`;
    const path = (name, d, more = "") => `<path class="${name}" d="${d}" ${more}/>`;
    const lines = runs.map((run) => path("run", chart.pathThrough(points(run))));
    const dots = runs.map(points).flatMap((run) => (run.length < 4 ? run : run.slice(-1))).map(circle("run-point", 2.5));
    return `<g style="--colour:${colour}">${path("range", chart.pathThrough([...most, ...least.reverse()]))}${lines.join("")}${dots.join("")}
      ${path("mean", chart.pathThrough(mean), `stroke-dasharray="${dash}"`)}${mean.slice(-1).map(circle("", 5)).join("")}</g>`;
  }

  function readings(k) {
    return now.variants.map(({ name, runs, summary }) => {
      const [mean, least, most] = summary.map((part) => part[k]);
      const known = runs.filter((run) => Number.isFinite(run[k])).length;
      const range = known > 1 && Number.isFinite(mean) ? `${percent(least)} to ${percent(most)}` : "";
      const value = Number.isFinite(mean) ? percent(mean) : known ? `${known} of ${runs.length} runs so far` : "–";
      return { name, value, range };
    });
  }

  function drawCursor() {
    const at = clamp(cursor ?? last(), 0, last());
    const isHidden = cursor === null;
    const read = readings(at);
    const said = read.map(({ name, value, range }) => `${name}: ${value}${range ? ` (${range})` : ""}`).join("; ");
    const place = `${now.axis} ${nameOf(at)}`;
    set(plot, { "aria-valuemax": last(), "aria-valuenow": at, "aria-valuetext": `${place}. ${said}` });
    chart.standAt(cross, scale, isHidden ? null : now.places[at]);
    tip.hidden = isHidden;
    const rows = read.map(({ name, value, range }) => `<tr><th>${chart.escaped(name)}</th><td>${value}</td><td>${range}</td></tr>`);
    tip.innerHTML = `<b>${chart.escaped(place)}</b><table>${rows.join("")}</table>`;
    if (!isHidden) chart.placeTip(tip, scale.x(now.places[at]), 24);
  }

  function point(at) {
    cursor = at;
    drawCursor();
  }

  svg.addEventListener("pointermove", (event) =>
    point(chart.nearest(now.places.map(scale.x), event.clientX - svg.getBoundingClientRect().left)));
  svg.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const from = cursor ?? last();
    const goals = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last(), Escape: null };
    if (!(event.key in goals) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    point(goals[event.key] === null ? null : clamp(goals[event.key], 0, last()));
  });

  return {
    update(/** @type {Data} */ data) {
      const variants = data.variants.map((each) => ({ ...each, runs: each.runs.map(floats), summary: each.summary.map(floats) }));
      now = { ...data, variants };
      setStyles(root, { height: `${data.height}px` });
      root.firstElementChild.innerHTML = data.variants.map(({ name, colour, dash }) => `<span><svg class="key" style="--colour:${colour}">
        <path class="mean" d="M0 6H34" stroke-dasharray="${dash}"/></svg>${chart.escaped(name)}</span>`).join("");
      set(plot, { "aria-label": `Chart of the ${now.value} by ${now.axis}, ${now.variants.length} variants. Arrow keys read the values.` });
      draw();
    },
    resize: draw,
  };
}

export default mount(createView);
