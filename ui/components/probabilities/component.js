// One row a class, made once; only widths and texts change, so that the bars can glide.
// @ts-check
import { mount } from "../mount.js";
import { finder, make, percent, setStyles } from "../shared.js";

/** @typedef {{values: (number | null)[] | null, labels: string[], title: string | null, hint: string, colours: string[]}} Data
 * what Python sends; a value that is null is not a number */

function createView(root) {
  const [list, title, answer, hint] = ["ul", ".title", ".answer", ".hint"].map(finder(root));
  let made = "";

  function create(labels) {
    const span = (className, ...inside) => make("span", { className }, ...inside);
    list.replaceChildren(...labels.map((label) => make("li", {}, span("label", label), span("track", span("bar")), span("percent"))));
    made = labels.join("\n");
  }

  function update(/** @type {Data} */ { values, labels, colours: [top, second, rest], ...words }) {
    if (made !== labels.join("\n")) create(labels);
    setStyles(root, { top, second, rest });
    const readable = values !== null && values.every((value) => value !== null);
    const order = readable ? [...labels.keys()].sort((a, b) => values[b] - values[a]) : [];
    const isSecond = (i) => i === order[1] && values[i] > values[order[2]];
    [...list.children].forEach((row, i) => {
      row.className = i === order[0] ? "top" : isSecond(i) ? "second" : "";
      row.querySelector(".bar").style.width = readable ? `${100 * values[i]}%` : "0";
      row.querySelector(".percent").textContent = readable ? percent(values[i]) : "";
      row.title = readable ? `${labels[i]}: ${values[i]}` : "";
    });
    title.textContent = words.title ?? "";
    answer.textContent = readable ? `${labels[order[0]]}, ${percent(values[order[0]])}` : "";
    hint.textContent = values === null ? words.hint : readable ? "" : "The network's answer is not a number.";
    root.classList.toggle("empty", !readable);
  }

  return { update };
}

export default mount(createView);
