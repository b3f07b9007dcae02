// One bar for all images and one for each digit. Bars stay in the page when only their lengths change, so that they move.
import { mount } from "../mount.js";
import { whole } from "../shared.js";
const many = (count) => count.toLocaleString("en");
const LEAST = 0.08; // share of the whole that has room for words
const total = ({ counts }) => counts.reduce((sum, count) => sum + count, 0);

function createView(root) {
  const [all, head, body] = [".all", "thead tr", "tbody"].map((name) => root.querySelector(name));
  let names = "";

  const colour = ({ colour }) => (colour ? `class="bar" style="--part:${colour}"` : `class="bar rest"`);
  const swatch = ({ colour }) => (colour ? `<i style="--part:${colour}"></i>` : `<i class="rest"></i>`);

  function build(parts) {
    const own = (index) => (index === parts.length - 1 ? ` class="own"` : "");
    all.innerHTML = parts.map((part, index) => `<div${own(index)}><div ${colour(part)}></div><p></p></div>`).join("");
    head.innerHTML = `<th aria-label="digit"></th><th></th>${parts.map((part) => `<th scope="col">${swatch(part)}${part.name}</th>`).join("")}`;
    body.innerHTML = parts[0].counts.map((_, digit) => `<tr><th scope="row">${digit}</th>
      <td class="bars" aria-hidden="true"><div>${parts.map((part) => `<div ${colour(part)}></div>`).join("")}</div></td>
      ${parts.map(() => "<td></td>").join("")}</tr>`).join("");
  }

  function update({ parts, describe }) {
    const now = parts.map(({ name }) => name).join();
    if (now !== names) build(parts);
    names = now;
    root.setAttribute("aria-label", describe);
    const sum = parts.reduce((before, part) => before + total(part), 0);
    [...all.children].forEach((box, index) => {
      const { name, which } = parts[index];
      const share = total(parts[index]) / sum;
      box.style.width = `${100 * share}%`;
      box.title = `${name}: ${which}`;
      box.querySelector("p").textContent = share < LEAST ? "" : which;
    });
    const most = Math.max(...parts[0].counts.map((_, digit) => parts.reduce((before, { counts }) => before + counts[digit], 0)));
    [...body.rows].forEach((row, digit) => {
      const [, bars, ...cells] = row.cells;
      parts.forEach(({ name, counts }, index) => {
        const bar = bars.firstElementChild.children[index];
        bar.style.width = `${(100 * counts[digit]) / most}%`;
        bar.title = `digit ${digit}, ${name}: ${many(counts[digit])}`;
        cells[index].textContent = many(counts[digit]);
        cells[index].className = counts[digit] === Math.min(...counts) ? "least" : counts[digit] === Math.max(...counts) ? "most" : "";
      });
    });
  }

  return { update };
}

export default mount(createView);
