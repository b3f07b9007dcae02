// One slider over the stages; stages stand at equal distances, because at first much happens in few updates.
// @ts-check
import { withRoom } from "../charts.js";
import { mount } from "../mount.js";
import { clamp, finder, make, set, whole } from "../shared.js";
import { goToStage, placeOfStage } from "../stages.js";
const STAGE_MS = 400;
const LEAST_APART = 26; // pixels between the names of epochs

/** @typedef {{runId: string, steps: number[], labels: string[], batchesPerEpoch: number, isLive: boolean}} Data what Python sends */

function createView(root) {
  const find = finder(root);
  const [play, slider, newest, where, epochs] = [".play", ".stage", ".newest", ".where", ".epochs"].map(find);
  let now; // what Python sent
  let place = 0;
  let follows = true; // goes on with the newest stage
  let timer = null;

  const last = () => now.steps.length - 1;

  function show(k) {
    place = clamp(k, 0, last());
    slider.value = place;
    const [step, label] = [now.steps[place], now.labels[place]];
    where.replaceChildren(make("b", {}, label), `after ${whole(step)} update${step === 1 ? "" : "s"}`);
    set(slider, { "aria-valuetext": `${label}, after ${whole(step)} updates, stage ${place + 1} of ${now.steps.length}` });
    newest.disabled = place === last();
    newest.textContent = now.isLive ? "Now" : "The end";
    goToStage(now.runId, step, place === last());
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    drawButton();
  }

  function drawButton() {
    play.textContent = timer === null ? "▶ Replay" : "❚❚ Hold";
    set(play, { "aria-label": timer === null ? "Replay the learning from stage to stage" : "Hold the replay" });
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
    const ends = now.steps.map((step, k) => ({ share: last() ? k / last() : 1, epoch: step / now.batchesPerEpoch }))
      .filter(({ epoch }) => epoch > 0 && Number.isInteger(epoch));
    const shown = withRoom(ends.map(({ share }) => share * epochs.clientWidth), LEAST_APART).map((k) => ends[k]);
    epochs.innerHTML = shown.map(({ share, epoch }) => `<span style="left:${100 * share}%">${epoch}</span>`).join("");
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

  return {
    update(/** @type {Data} */ data) {
      follows ||= now?.runId !== data.runId;
      now = data;
      slider.max = last();
      drawEpochs();
      show(follows ? last() : Math.max(0, placeOfStage(now.runId, now.steps)));
      drawButton();
    },
    resize: drawEpochs,
    remove: () => clearInterval(timer),
  };
}

export default mount(createView);
