// A table of buttons, one of which can be reached with Tab; arrow keys go on from there.
import { ARROWS } from "../shared.js";

function createView(root) {
  const head = root.querySelector("thead tr");
  const body = root.querySelector("tbody");
  const readout = root.querySelector(".readout");
  let cells = []; // rows of buttons
  let now;
  let tell;

  const sentence = (row, column) => {
    const count = now.counts[row][column];
    const times = count === 1 ? "once" : `${count.toLocaleString("en")} times`;
    return row === column ? `A ${row} was read rightly ${times}.` : `A ${row} was read as a ${column} ${count === 0 ? "never" : times}.`;
  };

  function create() {
    const digits = now.counts.keys();
    head.append(...[...digits].map((digit) => Object.assign(document.createElement("th"), { scope: "col", textContent: digit })));
    cells = now.counts.map((counts, row) => {
      const line = body.insertRow();
      line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: row }));
      return counts.map((_, column) => line.insertCell().appendChild(createButton(row, column)));
    });
  }

  function createButton(row, column) {
    const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: row + column === 0 ? 0 : -1 });
    button.className = row === column ? "right" : "";
    const say = () => { readout.textContent = sentence(row, column); };
    button.addEventListener("pointerenter", say);
    button.addEventListener("focus", say);
    button.addEventListener("click", () => { if (now.counts[row][column]) tell([row, column]); });
    button.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      const next = step && cells[row + step[0]]?.[column + step[1]];
      if (!step) return;
      event.preventDefault();
      if (!next) return;
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    return button;
  }

  return (data, setStateValue) => {
    now = data;
    tell = (cell) => setStateValue("cell", cell);
    if (!cells.length) create();
    cells.forEach((line, row) => line.forEach((button, column) => {
      const count = now.counts[row][column];
      button.textContent = count === 0 ? "" : count.toLocaleString("en");
      button.setAttribute("aria-label", sentence(row, column));
      button.setAttribute("aria-pressed", now.selected !== null && now.selected[0] === row && now.selected[1] === column);
      button.setAttribute("aria-disabled", count === 0);
      const isMistake = row !== column && count > 0;
      const percent = Math.round(100 * now.share[row][column]);
      button.style.background = isMistake ? `color-mix(in srgb, ${now.colour} ${percent}%, transparent)` : "";
    }));
  };
}

const views = new WeakMap(); // DOM node -> its view

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root)(data, setStateValue);
}
