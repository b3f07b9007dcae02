// How often each digit was read as which: of a finished run, where a cell can be chosen, or of the stage that is looked at.
// @ts-check
import { mount } from "../mount.js";
import { finder, integers, percent, sum, whole } from "../shared.js";
import { followStage, isOfStage, placeOfStage } from "../stages.js";
import { createCells } from "../table.js";
const DIGITS = [..."0123456789"];
const RULE = "Rows: what it is. Columns: what it was read as.";

/**
 * What Python sends; counts: int32 as base64, (stages, 10, 10); without a run there is one matrix, of no stage.
 * @typedef {{run: string | null, steps: number[], counts: string, colour: string, selected: [number, number] | null}} Data
 */

function sentence(row, column, count) {
  const times = count === 1 ? "once" : count ? `${whole(count)} times` : "never";
  return row === column ? `A ${row} was read rightly ${times}.` : `A ${row} was read as a ${column} ${times}.`;
}

function createView(root) {
  const find = finder(root);
  const show = createCells(root, (cell) => tell("cell", cell));
  let now; // what Python sent, decoded
  let tell;

  function draw() {
    const isStage = now.run !== null;
    const place = isStage ? placeOfStage(now.run, now.steps) : 0;
    const counts = DIGITS.map((_, row) => DIGITS.map((__, column) => now.counts[100 * place + 10 * row + column] ?? 0));
    const most = Math.max(1, ...counts.flatMap((line, row) => line.filter((_, column) => column !== row)));
    const cells = counts.map((line, row) => line.map((count, column) => {
      const share = Math.round(100 * Math.sqrt(count / most)); // so that a single mistake is seen beside thirty
      return {
        text: count ? whole(count) : "",
        words: sentence(row, column, count),
        background: row !== column && count ? `color-mix(in srgb, ${now.colour} ${share}%, transparent)` : "",
        state: row === column ? "right" : "",
        isDisabled: isStage || !count,
      };
    }));
    show(cells, [DIGITS, isStage ? [...DIGITS, "right"] : DIGITS], { rest: isStage ? RULE : "", selected: now.selected });
    find("caption").textContent = isStage ? score(counts, now.steps[place]) : RULE;
    if (!isStage) return;
    root.dataset.step = now.steps[place] ?? "";
    counts.forEach((line, row) => {
      const cell = find("tbody").rows[row].cells[11] ?? find("tbody").rows[row].insertCell();
      Object.assign(cell, { className: "share", textContent: sum(line) ? `${Math.round((100 * line[row]) / sum(line))} %` : "" });
    });
  }

  function score(counts, step) {
    const [right, total] = [sum(counts.map((line, row) => line[row])), sum(counts.flat())];
    const late = isOfStage(now.run, step) ? "" : " (at an earlier stage)";
    return total ? `${whole(right)} of ${whole(total)} right: ${percent(right / total)}${late}` : "Not read yet …";
  }

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      now = { ...data, counts: integers(data.counts) };
      tell = setStateValue;
      root.classList.toggle("stage", data.run !== null);
      draw();
    },
    remove: followStage(() => now.run, draw),
  };
}

export default mount(createView);
