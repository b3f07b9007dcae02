// A table of buttons, one of which can be reached with Tab; arrow keys go on from there.
import { mount } from "../mount.js";
import { ARROWS, bytes } from "../shared.js";
const HINT = "Point at a cell, or use the arrow keys, to read it; choose it to open its run.";

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [title, heads, body, readout] = [".of-columns", ".heads", "tbody", ".readout"].map(find);
  let now;
  let tell;
  let shape; // the labels for which the table was made
  let cells = []; // rows of buttons
  let told; // the cell whose words stand below

  const make = (name, content, scope) => Object.assign(document.createElement(name), { textContent: content, scope: scope ?? "" });

  function create() {
    const [rows, columns] = [now.rows[1], now.columns[1]];
    title.textContent = `${now.columns[0]} →`;
    title.colSpan = columns.length;
    const corner = Object.assign(make("td", now.rows[0] ? `${now.rows[0]} ↓` : ""), { className: "corner" });
    heads.replaceChildren(corner, ...columns.map((label) => make("th", label, "col")));
    body.replaceChildren();
    cells = rows.map((label, row) => {
      const line = body.insertRow();
      line.append(make("th", label, "row"));
      return columns.map((_, column) => line.insertCell().appendChild(createButton(row, column)));
    });
    told = null;
  }

  function say() {
    readout.textContent = told ? now.cells[told[0]][told[1]].words : HINT;
  }

  function createButton(row, column) {
    const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: row + column === 0 ? 0 : -1 });
    const point = () => { told = [row, column]; say(); };
    button.addEventListener("pointerenter", point);
    button.addEventListener("focus", point);
    button.addEventListener("click", () => tell([row, column]));
    button.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const next = cells[row + step[0]]?.[column + step[1]];
      if (!next) return;
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    return button;
  }

  function paint(button, cell, isSelected) {
    button.textContent = cell.text;
    button.className = cell.state;
    button.setAttribute("aria-label", cell.words);
    button.setAttribute("aria-pressed", isSelected);
    const index = cell.share === null ? null : Math.round(cell.share * now.top);
    button.style.background = index === null ? "" : colourOf(index);
    button.style.color = index === null ? "" : now.dark[index] ? "#000" : "#fff";
  }

  const colourOf = (index) => `rgb(${now.rgb.subarray(3 * index, 3 * index + 3).join(" ")})`;

  body.addEventListener("pointerleave", () => { told = null; say(); });

  return {
    update(data, { setStateValue }) {
      now = { ...data, rgb: bytes(data.table), dark: bytes(data.darkText) };
      tell = (cell) => setStateValue("cell", cell);
      const labels = JSON.stringify([data.rows, data.columns]);
      if (labels !== shape) {
        shape = labels;
        create();
      }
      const isSelected = (row, column) => data.selected !== null && data.selected[0] === row && data.selected[1] === column;
      cells.forEach((line, row) => line.forEach((button, column) => paint(button, data.cells[row][column], isSelected(row, column))));
      const stops = Array.from({ length: 9 }, (_, k) => colourOf(Math.round((k / 8) * now.top)));
      find(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      find(".least").textContent = data.scale[0];
      find(".most").textContent = data.scale[1];
      find(".legend").style.visibility = data.scale[0] ? "" : "hidden";
      say();
    },
  };
}

export default mount(createView);
