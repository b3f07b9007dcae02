// Buttons that are made once; which are shown, and what stands on them, changes with the stage and the filter.
import { mount } from "../mount.js";
import { bytes } from "../shared.js";
import { followStage, isOfStage, placeOfStage, stages } from "../stages.js";
const MINE = -1;
const SIDE = 28;

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const grid = find(".grid");
  let now; // what Python sent, decoded
  let tell;
  let chosen = null; // the class that is shown, null: all

  function createClasses() {
    find(".classes").replaceChildren(...["All", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((name) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      const digit = name === "All" ? null : name;
      if (digit !== null) button.setAttribute("aria-label", `only ${digit}`);
      button.addEventListener("click", () => { chosen = digit; draw(); });
      return button;
    }));
  }

  function createDigits() {
    grid.replaceChildren(...[MINE, ...now.labels.keys()].map((index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = index === MINE ? "digit mine" : "digit";
      button.innerHTML = `<canvas width="${SIDE}" height="${SIDE}"></canvas><span></span>`;
      button.addEventListener("click", () => tell(index));
      return button;
    }));
    now.labels.forEach((_, index) => paint(grid.children[index + 1], now.images.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE)));
  }

  function paint(button, values) {
    const picture = new ImageData(SIDE, SIDE);
    values.forEach((value, k) => picture.data.set([value, value, value, 255], 4 * k));
    button.querySelector("canvas").getContext("2d").putImageData(picture, 0, 0);
  }

  const percent = (shade) => `${Math.round((100 * shade) / now.shades)} %`;

  // Which digits are shown, the same ones at all stages: the first of the class, or of each class; or the mistakes.
  function chosenOnes(isWrong) {
    const those = [...now.labels.keys()].filter((index) => chosen === null || now.labels[index] === chosen);
    if (find(".mistakes").checked) return those.filter(isWrong).slice(0, now.numShown);
    const ofEach = Math.ceil(now.numShown / (chosen === null ? 10 : 1));
    const seen = {};
    return those.filter((index) => { const label = now.labels[index]; seen[label] = (seen[label] ?? 0) + 1; return seen[label] <= ofEach; });
  }

  function draw() {
    const place = placeOfStage(now.run, now.steps);
    const start = place * now.labels.length;
    const isRead = place >= 0;
    const isWrong = (index) => isRead && now.readAs[start + index] !== now.labels[index];
    const shown = new Set(chosenOnes(isWrong));
    root.dataset.step = now.steps[place] ?? "";
    now.labels.forEach((label, index) => {
      const button = grid.children[index + 1];
      button.hidden = !shown.has(index);
      if (button.hidden) return;
      const [read, sure] = [now.readAs[start + index], percent(now.sureness[start + index])];
      const mark = now.marks[isWrong(index) ? 1 : 0];
      button.classList.toggle("wrong", isWrong(index));
      button.querySelector("span").textContent = isRead ? `${mark} ${read} · ${sure}`.replace(" %", "%") : "…";
      const words = isRead ? `a ${label}, read as ${read} at ${sure}, ${isWrong(index) ? "wrong" : "right"}` : `a ${label}`;
      button.setAttribute("aria-label", words);
      button.title = `${words}. Click to send it through the network.`;
    });
    drawMine();
    const wrong = [...now.labels.keys()].filter((index) => (chosen === null || now.labels[index] === chosen) && isWrong(index)).length;
    const all = now.labels.filter((label) => chosen === null || label === chosen).length;
    find(".count").textContent = isRead ? `${all - wrong} of ${all} right` : "";
    const none = find(".mistakes").checked && isRead && shown.size === 0;
    const isLate = isRead && !isOfStage(now.run, now.steps[place]);
    find(".none").textContent = none ? "No mistakes among these digits at this stage."
      : isLate ? "Not read yet at this stage: these are the readings of an earlier one." : isRead ? "" : "Not read yet …";
    [...find(".classes").children].forEach((button, k) => button.setAttribute("aria-pressed", chosen === (k ? k - 1 : null)));
  }

  function drawMine() {
    const mine = grid.children[0];
    const place = now.own ? placeOfStage(now.run, now.own.steps) : -1;
    mine.hidden = place < 0;
    if (mine.hidden) return;
    const [read, sure] = [now.own.readAs[place], percent(now.own.sureness[place])];
    mine.querySelector("span").textContent = `${read} · ${sure}`.replace(" %", "%");
    mine.setAttribute("aria-label", `your drawing, read as ${read} at ${sure}`);
    mine.title = `Your drawing, read as ${read} at ${sure}. Click to send it through the network.`;
  }

  find(".mistakes").addEventListener("change", draw);
  const unfollow = followStage(() => now.run, draw);

  return {
    update(data, { setTriggerValue }) {
      tell = (index) => setTriggerValue("chosen", index);
      const isNew = now?.sent !== data.images;
      const own = data.own && { ...data.own, readAs: bytes(data.own.readAs), sureness: bytes(data.own.sureness) };
      now = {
        ...data,
        own,
        sent: data.images,
        images: bytes(data.images),
        readAs: bytes(data.readAs),
        sureness: bytes(data.sureness),
      };
      ["right", "wrong"].forEach((name, i) => root.style.setProperty(`--${name}`, now.colours[i]));
      if (isNew) {
        createClasses();
        createDigits();
      }
      if (own) paint(grid.children[0], bytes(own.picture));
      draw();
    },
    remove: unfollow,
  };
}

export default mount(createView);
