// Buttons that are made once; which are shown, and what stands on them, changes with the stage and the filter.
// @ts-check
import { mount } from "../mount.js";
import { paintIndex, TABLES } from "../raster.js";
import { bytes, finder, make, percent, setStyles } from "../shared.js";
import { followStage, isOfStage, placeOfStage } from "../stages.js";

/**
 * @typedef {{picture: string, steps: number[], readAs: string, sureness: string}} Own one's own drawing
 * @typedef {object} Data
 * @property {string} run @property {number[]} steps @property {string} readAs @property {string} sureness stages times digits, in shades
 * @property {string} images @property {number[]} labels @property {Own | null} own @property {number} shades @property {number} numShown
 * @property {[string, string]} marks of right and wrong @property {[string, string]} colours
 */
const MINE = -1;
const SIDE = 28;

function createView(root) {
  const find = finder(root);
  const grid = find(".grid");
  let now; // what Python sent, decoded
  let tell;
  let chosen = null; // the class that is shown, null: all

  function createClasses() {
    find(".classes").replaceChildren(...["All", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((name) => {
      const button = make("button", { type: "button", textContent: name });
      const digit = name === "All" ? null : name;
      if (digit !== null) button.setAttribute("aria-label", `only ${digit}`);
      button.addEventListener("click", () => { chosen = digit; draw(); });
      return button;
    }));
  }

  function createDigits() {
    grid.replaceChildren(...[MINE, ...now.labels.keys()].map((index) => {
      const innerHTML = "<canvas></canvas><span></span>";
      const button = make("button", { type: "button", className: index === MINE ? "digit mine" : "digit", innerHTML });
      button.addEventListener("click", () => tell(index));
      return button;
    }));
    now.labels.forEach((_, index) => paint(grid.children[index + 1], now.images.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE)));
  }

  const paint = (button, values) => paintIndex(button.querySelector("canvas"), values, SIDE, TABLES.grey);

  // What a button shows and says of a digit that is read as something, after what it is.
  function write(button, what, [read, shade], mark, verdict) {
    const sure = percent(shade / now.shades, 0);
    const words = `${what}, read as ${read} at ${sure}${verdict}`;
    button.querySelector("span").textContent = `${mark}${read} · ${sure.replaceAll(" ", "")}`;
    button.setAttribute("aria-label", words);
    button.title = `${words}. Click to send it through the network.`;
  }

  // Which digits are shown, the same ones at all stages: the first of the class, or of each class; or the mistakes.
  function chosenOnes(ofClass, wrong) {
    if (find(".mistakes").checked) return wrong.slice(0, now.numShown);
    const ofEach = Math.ceil(now.numShown / (chosen === null ? 10 : 1));
    const seen = Array(10).fill(0);
    return ofClass.filter((index) => ++seen[now.labels[index]] <= ofEach);
  }

  function draw() {
    const place = placeOfStage(now.run, now.steps);
    const start = place * now.labels.length;
    const isRead = place >= 0;
    const isWrong = (index) => isRead && now.readAs[start + index] !== now.labels[index];
    const ofClass = [...now.labels.keys()].filter((index) => chosen === null || now.labels[index] === chosen);
    const wrong = ofClass.filter(isWrong);
    const shown = new Set(chosenOnes(ofClass, wrong));
    root.dataset.step = now.steps[place] ?? "";
    now.labels.forEach((label, index) => {
      const button = grid.children[index + 1];
      button.hidden = !shown.has(index);
      if (button.hidden) return;
      const [mark, verdict] = isWrong(index) ? [now.marks[1], "wrong"] : [now.marks[0], "right"];
      button.classList.toggle("wrong", isWrong(index));
      if (isRead) write(button, `a ${label}`, [now.readAs[start + index], now.sureness[start + index]], `${mark} `, `, ${verdict}`);
      else {
        button.querySelector("span").textContent = "…";
        button.setAttribute("aria-label", `a ${label}`);
        button.title = `a ${label}. Click to send it through the network.`;
      }
    });
    const own = now.own ? placeOfStage(now.run, now.own.steps) : -1;
    grid.children[0].hidden = own < 0;
    if (own >= 0) write(grid.children[0], "your drawing", [now.own.readAs[own], now.own.sureness[own]], "", "");
    find(".count").textContent = isRead ? `${ofClass.length - wrong.length} of ${ofClass.length} right` : "";
    const none = find(".mistakes").checked && isRead && shown.size === 0;
    const isLate = isRead && !isOfStage(now.run, now.steps[place]);
    find(".none").textContent = none ? "No mistakes among these digits at this stage."
      : isLate ? "Not read yet at this stage: these are the readings of an earlier one." : isRead ? "" : "Not read yet …";
    [...find(".classes").children].forEach((button, k) => button.setAttribute("aria-pressed", chosen === (k ? k - 1 : null)));
  }

  find(".mistakes").addEventListener("change", draw);
  return {
    update(/** @type {Data} */ data, { act }) {
      tell = (index) => act("choose", index);
      const isNew = now?.sent !== data.images;
      const own = data.own && { ...data.own, readAs: bytes(data.own.readAs), sureness: bytes(data.own.sureness) };
      const [images, readAs, sureness] = [data.images, data.readAs, data.sureness].map(bytes);
      now = { ...data, own, sent: data.images, images, readAs, sureness };
      setStyles(root, { wrong: data.colours[1] });
      if (isNew) {
        createClasses();
        createDigits();
      }
      if (own) paint(grid.children[0], bytes(own.picture));
      draw();
    },
    remove: followStage(() => now.run, draw),
  };
}

export default mount(createView);
