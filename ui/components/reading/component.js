// Ten bars of the stage that is looked at; the rows stay, so that the bars can glide.
// @ts-check
import { mount } from "../mount.js";
import { argmax, decoded, finder, percent, setStyles } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";

/**
 * @typedef {object} Data
 * @property {string} runId @property {number[]} steps @property {string[]} labels
 * @property {string} probabilities stages times ten @property {string} picture @property {string} name
 * @property {number | null} expected @property {[string, string]} marks of right and wrong
 * @property {[string, string, string]} colours top, rest, wrong
 */
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function createView(root) {
  const find = finder(root);
  let now; // what Python sent, decoded
  find("ul").innerHTML = CLASSES.map((digit) =>
    `<li><span>${digit}</span><span class="track"><span class="bar"></span></span><span class="percent"></span></li>`).join("");

  const of = (k) => now.probabilities.subarray(10 * k, 10 * k + 10);
  const best = (k) => argmax(of(k));
  const isKnown = (k) => !of(k).some(Number.isNaN);
  const isWrong = (k) => now.expected !== null && best(k) !== now.expected;

  function draw() {
    const k = Math.max(0, placeOfStage(now.runId, now.steps)); // the first ones are computed last
    const known = isKnown(k);
    root.dataset.step = now.steps[k];
    root.querySelectorAll("li").forEach((row, digit) => {
      row.classList.toggle("top", known && digit === best(k));
      row.querySelector(".bar").style.width = known ? `${100 * of(k)[digit]}%` : "0";
      row.querySelector(".percent").textContent = known ? percent(of(k)[digit], 0) : "";
    });
    const mark = now.expected === null ? "" : `${now.marks[isWrong(k) ? 1 : 0]} `;
    const said = known ? `${mark}a ${best(k)} at ${percent(of(k)[best(k)], 0)}` : "no answer: not a number";
    find(".answer").innerHTML = `<span class="when"></span><br><span class="said"></span>`;
    find(".when").textContent = `${now.labels[k]}:`;
    find(".said").textContent = said;
    [...find(".stages").children].forEach((span, place) => span.classList.toggle("here", place === k));
  }

  return {
    update(/** @type {Data} */ data) {
      now = decoded(data, "probabilities");
      const [top, rest, wrong] = data.colours;
      setStyles(root, { top, rest, wrong });
      Object.assign(find(".picture"), { src: `data:image/png;base64,${data.picture}`, alt: data.name });
      find(".name").textContent = now.name;
      find(".stages").innerHTML = now.steps.map((_, k) =>
        `<span${isKnown(k) && isWrong(k) ? " class=\"wrong\"" : ""}>${isKnown(k) ? best(k) : "–"}</span>`).join("");
      draw();
    },
    remove: followStage(() => now.runId, draw),
  };
}

export default mount(createView);
