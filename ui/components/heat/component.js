// A table of runs: colours repeat what the numbers say.
// @ts-check
import { mount } from "../mount.js";
import { bytes, finder } from "../shared.js";
import { createCells } from "../table.js";
const HINT = "Point at a cell, or use the arrow keys, to read it; choose it to open its run.";

/**
 * What Python sends; rows and columns are what they are and their labels.
 * @typedef {{state: string, text: string, words: string, share: number | null}} Run
 * @typedef {{cells: Run[][], rows: [string, string[]], columns: [string, string[]], scale: [string, string],
 *   selected: [number, number] | null, top: number, table: string, darkText: string}} Data
 */

function createView(root) {
  const find = finder(root);
  let tell;
  const show = createCells(root, (cell) => tell("cell", cell));

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      tell = setStateValue;
      const [rgb, dark] = [bytes(data.table), bytes(data.darkText)];
      const index = (share) => Math.round(share * data.top);
      const colour = (share) => `rgb(${rgb.subarray(3 * index(share), 3 * index(share) + 3).join(" ")})`;
      const cells = data.cells.map((line) => line.map(({ share, ...cell }) => (share === null ? { ...cell, background: "" }
        : { ...cell, background: colour(share), colour: dark[index(share)] ? "#000" : "#fff" })));
      const [[rows, rowLabels], [columns, columnLabels]] = [data.rows, data.columns];
      const corner = rows ? `${rows} ↓` : "";
      Object.assign(find(".of-columns"), { textContent: `${columns} →`, colSpan: columnLabels.length });
      show(cells, [rowLabels, columnLabels], { corner, rest: HINT, selected: data.selected });
      const stops = Array.from({ length: 9 }, (_, k) => colour(k / 8));
      find(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      [".least", ".most"].forEach((name, k) => { find(name).textContent = data.scale[k]; });
      find(".legend").style.visibility = data.scale[0] ? "" : "hidden";
    },
  };
}

export default mount(createView);
