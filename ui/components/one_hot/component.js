// The label's one can be moved to another digit; every cost shown was computed in Python.
import { mount } from "../mount.js";
import { clamp, floats } from "../shared.js";
const BOX = { left: 30, right: 12, top: 8, bottom: 30, highest: 6 };

const fixed = (value, digits) => (value < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits);

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [table, svg] = [find("table"), find("svg")];
  const state = { label: 0, given: "" };
  let now; // what Python sent, decoded

  function drawCurve() {
    const [width, height] = [Math.max(svg.clientWidth, 180), svg.clientHeight];
    const x = (p) => BOX.left + p * (width - BOX.left - BOX.right);
    const y = (cost) => BOX.top + (1 - Math.min(cost, BOX.highest) / BOX.highest) * (height - BOX.top - BOX.bottom);
    const [p, cost] = [now.probabilities[state.label], now.costs[state.label]];
    const lines = [0, 2, 4, 6].map((v) => `<line x1="${BOX.left}" x2="${width - BOX.right}" y1="${y(v)}" y2="${y(v)}"/><text x="${BOX.left - 6}" y="${y(v) + 4}" text-anchor="end">${v}</text>`);
    const marks = [0, 0.5, 1].map((v) => `<text x="${x(v)}" y="${height - 14}" text-anchor="middle">${v}</text>`);
    const path = Array.from(now.points, (point, k) => `${x(point).toFixed(1)} ${y(now.heights[k]).toFixed(1)}`).join("L");
    svg.innerHTML = `${lines.join("")}${marks.join("")}<text x="${(BOX.left + width) / 2}" y="${height}" text-anchor="middle">probability of the true digit</text>
      <path d="M${path}"/><circle cx="${x(p)}" cy="${y(cost)}" r="7"/>`;
  }

  function draw() {
    const { label } = state;
    [...find("tbody").rows].forEach((row, k) => {
      const one = now.rows[label][k];
      row.classList.toggle("here", k === label);
      row.querySelector(".cell").textContent = one;
      row.querySelector("i").style.width = `${100 * now.probabilities[k]}%`;
      row.querySelector(".p b").textContent = fixed(now.probabilities[k], 3);
      row.lastElementChild.textContent = one ? fixed(now.costs[k], 3) : "0";
    });
    find(".sum").textContent = fixed(now.costs[label], 3);
    const words = label === now.label
      ? `The label is ${label}, and the network gave it ${fixed(100 * now.probabilities[label], 1)} %: the loss is ${fixed(now.costs[label], 3)}.`
      : `If the label were ${label}: the network gave it ${fixed(100 * now.probabilities[label], 1)} %, the loss would be ${fixed(now.costs[label], 3)}.`;
    find(".say").textContent = words;
    table.setAttribute("aria-valuenow", label);
    table.setAttribute("aria-valuetext", words);
    drawCurve();
  }

  function go(label) {
    if (label === state.label) return;
    state.label = clamp(label, 0, 9);
    draw();
  }

  find("tbody").innerHTML = Array.from({ length: 10 }, (_, k) => `<tr data-k="${k}"><td>${k}</td><td><span class="cell"></span></td>
    <td class="p"><span><i></i><b></b></span></td><td></td></tr>`).join("");
  ["pointermove", "click"].forEach((kind) => find("tbody").addEventListener(kind, (event) => {
    const row = event.target.closest("tr");
    if (row) go(+row.dataset.k);
  }));
  table.addEventListener("pointerleave", () => go(now.label));
  table.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(clamp(state.label + by, 0, 9));
  });
  const observer = new ResizeObserver(() => now && drawCurve());
  observer.observe(svg);

  return {
    update(data) {
      now = { ...data, probabilities: floats(data.probabilities), costs: floats(data.costs), points: floats(data.curve[0]), heights: floats(data.curve[1]) };
      Object.entries(data.colours).forEach(([name, colour]) => root.style.setProperty(`--${name}`, colour));
      if (state.given !== data.probabilities + data.label) state.label = data.label;
      state.given = data.probabilities + data.label;
      draw();
    },
    remove: () => observer.disconnect(),
  };
}

export default mount(createView);
