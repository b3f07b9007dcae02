// The label's one can be moved to another digit; every cost shown was computed in Python.
// @ts-check
import { pathThrough, placeAxis, pointsOf, scaleOf, text, valueAxis } from "../charts.js";
import { mount } from "../mount.js";
import { clamp, decoded, finder, fixed, floats, onArrow, percent, set, setStyles } from "../shared.js";
const MARGIN = { left: 30, right: 12, top: 8, bottom: 30 };
const HIGHEST = 6; // cost at the chart's upper edge

/** @typedef {{probabilities: string, costs: string, rows: number[][], label: number, curve: [string, string], colours: object}} Data
 * what Python sends: floats as base64, the one-hot rows, and the curve's probabilities and costs */

function createView(root) {
  const find = finder(root);
  const [table, body, svg] = ["table", "tbody", "svg"].map(find);
  const state = { label: 0, given: "" };
  let now; // what Python sent, decoded

  function drawCurve() {
    const [width, height] = [Math.max(svg.clientWidth, 180), svg.clientHeight];
    const scale = scaleOf({ width, height, margin: MARGIN, across: [0, 1], up: [0, HIGHEST] });
    const [[x, y]] = pointsOf(scale, [now.probabilities[state.label]], [Math.min(now.costs[state.label], HIGHEST)]);
    const path = pathThrough(pointsOf(scale, now.points, now.heights.map((cost) => Math.min(cost, HIGHEST))));
    svg.innerHTML = valueAxis(scale, [0, 2, 4, 6], String) + placeAxis(scale, [0, 0.5, 1].map((place) => [place, place]))
      + text((MARGIN.left + width) / 2, height, "middle", "probability of the true digit")
      + `<path d="${path}"/><circle cx="${x}" cy="${y}" r="7"/>`;
  }

  function draw() {
    const { label } = state;
    [...body.rows].forEach((row, k) => {
      const one = now.rows[label][k];
      row.classList.toggle("here", k === label);
      row.querySelector(".cell").textContent = one;
      row.querySelector("i").style.width = `${100 * now.probabilities[k]}%`;
      row.querySelector(".p b").textContent = fixed(now.probabilities[k], 3);
      row.lastElementChild.textContent = one ? fixed(now.costs[k], 3) : "0";
    });
    const [share, loss] = [percent(now.probabilities[label]), fixed(now.costs[label], 3)];
    const words = label === now.label ? `The label is ${label}, and the network gave it ${share}: the loss is ${loss}.`
      : `If the label were ${label}: the network gave it ${share}, the loss would be ${loss}.`;
    find(".sum").textContent = loss;
    find(".say").textContent = words;
    set(table, { "aria-valuenow": label, "aria-valuetext": words });
    drawCurve();
  }

  function go(label) {
    if (label === state.label) return;
    state.label = clamp(label, 0, 9);
    draw();
  }

  body.innerHTML = Array.from({ length: 10 }, (_, k) => `<tr data-k="${k}"><td>${k}</td><td><span class="cell"></span></td>
    <td class="p"><span><i></i><b></b></span></td><td></td></tr>`).join("");
  ["pointermove", "click"].forEach((kind) => body.addEventListener(kind, (event) => {
    const row = event.target.closest("tr");
    if (row) go(+row.dataset.k);
  }));
  table.addEventListener("pointerleave", () => go(now.label));
  onArrow(table, (rows, columns) => go(clamp(state.label + rows + columns, 0, 9)));

  return {
    update(/** @type {Data} */ data) {
      const [points, heights] = data.curve.map(floats);
      now = { ...decoded(data, "probabilities", "costs"), points, heights };
      setStyles(root, data.colours);
      if (state.given !== data.probabilities + data.label) state.label = data.label;
      state.given = data.probabilities + data.label;
      draw();
    },
    resize: drawCurve,
  };
}

export default mount(createView);
