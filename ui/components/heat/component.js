// A table of runs: colours repeat what the numbers say.
// @ts-check
import { mount } from "../mount.js";
import { coloursOf } from "../raster.js";
import { finder } from "../shared.js";
import { createCells } from "../table.js";
const SCALE = { kind: "sequential", limit: 1 };
const HINT = "Point at a cell, or use the arrow keys, to read it; choose it to open its run.";

/**
 * What Python sends; rows and columns are what they are and their labels.
 * @typedef {{state: string, text: string, words: string, share: number | null}} Run
 * @typedef {{cells: Run[][], rows: [string, string[]], columns: [string, string[]], scale: [string, string],
 *   selected: [number, number] | null}} Data
 */

function createView(root) {
  const find = finder(root);
  let tell;
  const show = createCells(root, (cell) => tell("cell", cell));

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      tell = setStateValue;
      const cells = data.cells.map((line) => line.map(({ share, ...cell }) => {
        const [background, colour] = share === null ? ["", ""] : coloursOf(share, SCALE);
        return { ...cell, background, colour };
      }));
      const [[rows, rowLabels], [columns, columnLabels]] = [data.rows, data.columns];
      const corner = rows ? `${rows} ↓` : "";
      Object.assign(find(".of-columns"), { textContent: `${columns} →`, colSpan: columnLabels.length });
      show(cells, [rowLabels, columnLabels], { corner, rest: HINT, selected: data.selected });
      const stops = Array.from({ length: 9 }, (_, k) => coloursOf(k / 8, SCALE)[0]);
      find(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      [".least", ".most"].forEach((name, k) => { find(name).textContent = data.scale[k]; });
      find(".legend").style.visibility = data.scale[0] ? "" : "hidden";
    },
  };
}

export default mount(createView);
