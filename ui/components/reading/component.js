// Ten bars of the stage that is looked at; the rows stay, so that the bars can glide.
import { mount } from "../mount.js";
import { floats } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function percent(value) {
  const text = (100 * value).toFixed(0);
  return text === "100" && value < 1 ? "> 99 %" : text === "0" && value > 0 ? "< 1 %" : `${text} %`;
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  let now; // what Python sent, decoded
  find("ul").innerHTML = CLASSES.map((digit) =>
    `<li><span>${digit}</span><span class="track"><span class="bar"></span></span><span class="percent"></span></li>`).join("");

  const of = (k) => now.probabilities.subarray(10 * k, 10 * k + 10);
  const best = (k) => CLASSES.reduce((a, b) => (of(k)[b] > of(k)[a] ? b : a));
  const isKnown = (k) => !of(k).some(Number.isNaN);
  const isWrong = (k) => now.expected !== null && best(k) !== now.expected;

  function draw() {
    const k = Math.max(0, placeOfStage(now.run, now.steps)); // the first ones are computed last
    const known = isKnown(k);
    root.dataset.step = now.steps[k];
    root.querySelectorAll("li").forEach((row, digit) => {
      row.classList.toggle("top", known && digit === best(k));
      row.querySelector(".bar").style.width = known ? `${100 * of(k)[digit]}%` : "0";
      row.querySelector(".percent").textContent = known ? percent(of(k)[digit]) : "";
    });
    const mark = now.expected === null ? "" : `${now.marks[isWrong(k) ? 1 : 0]} `;
    const said = known ? `${mark}a ${best(k)} at ${percent(of(k)[best(k)])}` : "no answer: not a number";
    find(".answer").innerHTML = `<span class="when"></span><br><span class="said"></span>`;
    find(".when").textContent = `${now.labels[k]}:`;
    find(".said").textContent = said;
    [...find(".stages").children].forEach((span, place) => span.classList.toggle("here", place === k));
  }

  const unfollow = followStage(() => now.run, draw);

  return {
    update(data) {
      now = { ...data, probabilities: floats(data.probabilities) };
      ["top", "rest", "wrong"].forEach((name, i) => root.style.setProperty(`--${name}`, now.colours[i]));
      const picture = find(".picture");
      picture.src = `data:image/png;base64,${now.png}`;
      picture.alt = now.name;
      find(".name").textContent = now.name;
      find(".stages").innerHTML = now.steps.map((_, k) =>
        `<span${isKnown(k) && isWrong(k) ? " class=\"wrong\"" : ""}>${isKnown(k) ? best(k) : "–"}</span>`).join("");
      draw();
    },
    remove: unfollow,
  };
}

export default mount(createView);
