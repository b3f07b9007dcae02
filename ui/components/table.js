// A table of cells, made once: numbers and colours change; one cell can be reached with Tab, arrow keys go on from there.
// @ts-check
import { finder, make, onArrow, set } from "./shared.js";

/**
 * @typedef {object} Cell
 * @property {string} text what stands in it
 * @property {string} words what stands below while it is pointed at
 * @property {string} background a colour, or "" for none
 * @property {string} [colour] of the text
 * @property {string} [state] a class for the style sheet
 * @property {boolean} [isDisabled] it cannot be chosen
 */

/**
 * Cells in the table of a root, whose sentence stands in its `.readout`.
 * @param {HTMLElement} root @param {(place: number[]) => void} choose called with the [row, column] that was chosen
 */
export function createCells(root, choose) {
  const [heads, body, readout] = ["thead tr:last-child", "tbody", ".readout"].map(finder(root));
  let [made, hint] = ["", ""]; // the labels that there are cells for, and what stands below while none is pointed at
  let pointed = null; // [row, column]
  /** @type {Cell[][]} */
  let cells = [];

  const buttons = () => [...body.rows].map((row) => [...row.querySelectorAll("button")]);
  const placeOf = ({ target }) => {
    const cell = target.closest("button")?.parentElement;
    return cell ? [cell.parentElement.sectionRowIndex, cell.cellIndex - 1] : null;
  };
  const say = (place) => {
    pointed = place;
    readout.textContent = place ? cells[place[0]][place[1]].words : hint;
  };

  ["pointerover", "focusin"].forEach((kind) => body.addEventListener(kind, (event) => say(placeOf(event) ?? pointed)));
  body.addEventListener("pointerleave", () => say(null));
  body.addEventListener("click", (event) => {
    const place = placeOf(event);
    if (place && !cells[place[0]][place[1]].isDisabled) choose(place);
  });
  onArrow(body, (rows, columns, event) => {
    const [row, column] = placeOf(event);
    const next = buttons()[row + rows]?.[column + columns];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  function create(rows, columns, corner) {
    const button = () => make("td", {}, make("button", { type: "button", tabIndex: -1 }));
    heads.replaceChildren(make("td", { className: "corner" }, corner), ...columns.map((label) => make("th", { scope: "col" }, label)));
    body.replaceChildren(...rows.map((label) => make("tr", {}, make("th", { scope: "row" }, label), ...cells[0].map(button))));
    body.querySelector("button").tabIndex = 0;
    pointed = null;
  }

  /**
   * Show these cells, row by row.
   * @param {Cell[][]} shown @param {string[][]} labels of the rows and of the columns
   * @param {{corner?: string, rest?: string, selected?: number[] | null}} [options] `rest` stands below while no cell is pointed at
   */
  return function show(shown, [rows, columns], { corner = "", rest = "", selected = null } = {}) {
    cells = shown;
    hint = rest;
    const labels = JSON.stringify([rows, columns, corner]);
    if (made !== labels) create(rows, columns, corner);
    made = labels;
    say(pointed);
    buttons().forEach((line, row) => line.forEach((element, column) => {
      const { text, words, background, colour = "", state = "", isDisabled = false } = cells[row][column];
      Object.assign(element, { textContent: text, className: state });
      const isSelected = selected?.[0] === row && selected[1] === column;
      set(element, { "aria-label": words, "aria-pressed": isSelected, "aria-disabled": isDisabled });
      Object.assign(element.style, { background, color: colour });
    }));
  };
}
