// One bar for all images and one for each digit. Bars stay in the page when only their lengths change, so that they move.
// @ts-check
import { mount } from "../mount.js";
import { finder, set, sum, whole } from "../shared.js";
const LEAST = 0.08; // share of the whole that has room for words

/**
 * What Python sends; counts: of each digit.
 * @typedef {{name: string, which: string, counts: number[], colour: string}} Part
 * @typedef {{parts: Part[], describe: string}} Data
 */

const look = ({ colour }, name = "") => (colour ? `class="${name}" style="--part:${colour}"` : `class="${name} rest"`);

function createView(root) {
  const [all, head, body] = [".all", "thead tr", "tbody"].map(finder(root));
  let names = "";

  function create(parts) {
    all.innerHTML = parts.map((part, k) => `<div class="${k === parts.length - 1 ? "own" : ""}"><div ${look(part, "bar")}></div><p></p></div>`).join("");
    head.innerHTML = `<th aria-label="digit"></th><th></th>${parts.map((part) => `<th scope="col"><i ${look(part)}></i>${part.name}</th>`).join("")}`;
    body.innerHTML = parts[0].counts.map((_, digit) => `<tr><th scope="row">${digit}</th>
      <td class="bars" aria-hidden="true"><div>${parts.map((part) => `<div ${look(part, "bar")}></div>`).join("")}</div></td>
      ${"<td></td>".repeat(parts.length)}</tr>`).join("");
  }

  function update(/** @type {Data} */ { parts, describe }) {
    const now = parts.map(({ name }) => name).join();
    if (now !== names) create(parts);
    names = now;
    set(root, { "aria-label": describe });
    const total = sum(parts.flatMap(({ counts }) => counts));
    const most = Math.max(...parts[0].counts.map((_, digit) => sum(parts.map(({ counts }) => counts[digit]))));
    parts.forEach(({ name, which, counts }, k) => {
      const box = all.children[k];
      const share = sum(counts) / total;
      box.style.width = `${100 * share}%`;
      box.title = `${name}: ${which}`;
      box.lastElementChild.textContent = share < LEAST ? "" : which;
      counts.forEach((count, digit) => {
        const [, bars, ...cells] = body.rows[digit].cells;
        const bar = bars.firstElementChild.children[k];
        bar.style.width = `${(100 * count) / most}%`;
        bar.title = `digit ${digit}, ${name}: ${whole(count)}`;
        cells[k].textContent = whole(count);
        cells[k].className = count === Math.min(...counts) ? "least" : count === Math.max(...counts) ? "most" : "";
      });
    });
  }

  return { update };
}

export default mount(createView);
