// One slider over the stages; stages stand at equal distances, because at first much happens in few updates.
import { mount } from "../mount.js";
import { goToStage, placeOfStage } from "../stages.js";
const STAGE_MS = 400;
const LEAST_APART = 26; // pixels between the names of epochs

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [play, slider, newest] = [find(".play"), find(".stage"), find(".newest")];
  let now; // what Python sent
  let place = 0;
  let follows = true; // goes on with the newest stage
  let timer = null;

  const last = () => now.steps.length - 1;

  function show(k) {
    place = Math.min(Math.max(k, 0), last());
    slider.value = place;
    const done = now.steps[place].toLocaleString("en");
    find(".where").innerHTML = `<b></b>after ${done} update${done === "1" ? "" : "s"}`;
    find(".where b").textContent = now.labels[place];
    slider.setAttribute("aria-valuetext", `${now.labels[place]}, after ${done} updates, stage ${place + 1} of ${now.steps.length}`);
    newest.disabled = place === last();
    newest.textContent = now.isLive ? "Now" : "The end";
    goToStage(now.run, now.steps[place], place === last());
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    drawButton();
  }

  function drawButton() {
    play.textContent = timer === null ? "▶ Replay" : "❚❚ Hold";
    play.setAttribute("aria-label", timer === null ? "Replay the learning from stage to stage" : "Hold the replay");
    play.disabled = now.steps.length < 2;
  }

  function toggle() {
    if (timer !== null) return stop();
    show(place === last() ? 0 : place + 1);
    follows = false;
    timer = setInterval(() => {
      show(place + 1);
      follows = place === last();
      if (follows) stop();
    }, STAGE_MS);
    return drawButton();
  }

  // The end of each epoch, where there is room for its name.
  function drawEpochs() {
    const width = find(".epochs").clientWidth;
    const ends = now.steps.map((step, k) => ({ k, epoch: step / now.batchesPerEpoch }))
      .filter(({ epoch }) => epoch > 0 && Number.isInteger(epoch));
    let free = -Infinity;
    find(".epochs").replaceChildren(...ends.flatMap(({ k, epoch }) => {
      const left = last() ? k / last() : 1;
      if (left * width < free) return [];
      free = left * width + LEAST_APART;
      const mark = Object.assign(document.createElement("span"), { textContent: epoch });
      mark.style.left = `${100 * left}%`;
      return [mark];
    }));
  }

  slider.addEventListener("input", () => {
    stop();
    show(+slider.value);
    follows = place === last();
  });
  play.addEventListener("click", toggle);
  newest.addEventListener("click", () => {
    stop();
    follows = true;
    show(last());
  });
  const observer = new ResizeObserver(() => now && drawEpochs());
  observer.observe(root);

  return {
    update(data) {
      follows ||= now?.run !== data.run;
      now = data;
      slider.max = last();
      drawEpochs();
      show(follows ? last() : Math.max(0, placeOfStage(now.run, now.steps)));
      drawButton();
    },
    remove() {
      clearInterval(timer);
      observer.disconnect();
    },
  };
}

export default mount(createView);
