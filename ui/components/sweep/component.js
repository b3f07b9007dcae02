// Curves over a slider; the picture and its reading follow the slider in the browser.
// @ts-check
import { pathThrough, pointsOf, scaleOf, shareLabel, standAt, upright, valueAxis } from "../charts.js";
import { mount } from "../mount.js";
import { TABLES, paintIndex } from "../raster.js";
import { bytes, clamp, finder, floats, percent, set } from "../shared.js";
const MARGIN = { left: 36, right: 0, top: 14, bottom: 8 };
const APART = 22; // pixels between the labels on the curves
const LEAST = 0.04; // probability where a label may sit

/**
 * What Python sends; images: uint8 and probabilities: floats, as base64, (steps, height, width) and (steps, 10).
 * @typedef {{shape: number[], images: string, probabilities: string, labels: string[], start: number, expected: number,
 *   describe: string, ends: [string, string], colours: (string | null)[], onColours: string[]}} Data
 */

function createView(root) {
  const find = finder(root);
  const [svg, slider, canvas, readings] = ["svg", ".step", ".picture", ".readings"].map(find);
  let now; // what Python sent, decoded; curves: a list of probabilities for each digit
  let step = 0;
  let scale;

  const order = (k) => [...now.curves.keys()].sort((a, b) => now.curves[b][k] - now.curves[a][k]);

  // Each label sits where its curve is highest and no other label is.
  function labels() {
    const placed = [];
    const peak = (digit) => Math.max(...now.curves[digit]);
    const relevant = [...now.curves.keys()].filter((digit) => now.colours[digit]).sort((a, b) => peak(b) - peak(a));
    relevant.forEach((digit) => {
      const places = now.curves[digit].map((p, k) => ({ digit, x: scale.x(k), y: scale.y(p), p })).sort((a, b) => b.p - a.p);
      const free = places.find((one) => one.p > LEAST && placed.every((other) => Math.hypot(one.x - other.x, one.y - other.y) > APART));
      if (free) placed.push(free);
    });
    return placed;
  }

  function drawChart() {
    // A step stands in the middle of its share of the width, as the readings below do.
    const across = [-0.5, now.n - 0.5];
    scale = scaleOf({ width: svg.clientWidth, height: svg.clientHeight, margin: MARGIN, across, up: [0, 1] });
    const curves = now.curves.map((curve, digit) => {
      const colour = now.colours[digit];
      const kind = digit === now.expected ? "expected" : colour ? "" : "rest";
      return `<path class="curve ${kind}" data-digit="${digit}" d="${pathThrough(pointsOf(scale, now.steps, curve))}" stroke="${colour ?? ""}"/>`;
    });
    const tags = labels().map(({ digit, x, y }) => `<circle class="tag" cx="${x}" cy="${y}" r="10" fill="${now.colours[digit]}"/>
      <text class="label" fill="${now.onColours[digit]}" x="${x}" y="${y + 4.5}" text-anchor="middle">${digit}</text>`);
    svg.innerHTML = `<g class="grid">${valueAxis(scale, [0, 0.5, 1], shareLabel)}</g>${upright(scale, now.start, "zero")}
      ${curves.join("")}<line class="here"/>${tags.join("")}`;
    show(step);
  }

  function show(k) {
    step = clamp(k, 0, now.n - 1);
    const [, height, width] = now.shape;
    paintIndex(canvas, now.images.subarray(step * height * width, (step + 1) * height * width), width, TABLES.grey);
    const [first, second] = order(step);
    const right = first === now.expected;
    const read = `read as ${first}, ${percent(now.curves[first][step])}`;
    find(".where").textContent = now.labels[step];
    find(".read").textContent = `${right ? "✓" : "✗"} ${read}`;
    find(".others").textContent = `then ${second}, ${percent(now.curves[second][step])}`;
    find(".answer").classList.toggle("wrong", !right);
    set(canvas, { "aria-label": `The digit, ${now.labels[step]}` });
    slider.value = step;
    set(slider, { "aria-valuetext": `${now.labels[step]}: ${read}` });
    standAt(svg.querySelector(".here"), scale, step);
    [...readings.children].forEach((span, i) => span.classList.toggle("here", i === step));
  }

  ["pointermove", "pointerdown"].forEach((kind) => svg.addEventListener(kind, (event) =>
    show(Math.round(scale.placeAt(event.clientX - svg.getBoundingClientRect().left)))));
  slider.addEventListener("input", () => show(+slider.value));

  return {
    update(/** @type {Data} */ data) {
      if (now?.describe !== data.describe) step = data.start;
      const probabilities = floats(data.probabilities);
      const steps = [...Array(data.shape[0]).keys()];
      const curves = data.colours.map((_, digit) => steps.map((k) => probabilities[10 * k + digit]));
      now = { ...data, n: steps.length, steps, curves, images: bytes(data.images) };
      slider.max = now.n - 1;
      set(slider, { "aria-label": now.describe });
      [...find(".axis").children].forEach((span, i) => { span.textContent = [now.ends[0], now.describe, now.ends[1]][i]; });
      readings.innerHTML = steps.map((k) => `<span class="${order(k)[0] === now.expected ? "" : "wrong"}">${order(k)[0]}</span>`).join("");
      drawChart();
    },
    resize: drawChart,
  };
}

export default mount(createView);
