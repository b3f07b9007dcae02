// The stage of a run that is looked at: the timeline moves it, and all else on the page that shows this run follows.
// @ts-check

/** Stages are known by their number of updates. They belong to the page, not to one component. @type {any} */
const page = window;
/** @type {EventTarget & {step: Record<string, number>, isNewest: Record<string, boolean>}} by run */
export const stages = (page.cnnlabStages ??= Object.assign(new EventTarget(), { step: {}, isNewest: {} }));

/** @param {string} run @param {number} step @param {boolean} isNewest */
export function goToStage(run, step, isNewest) {
  if (stages.step[run] === step && stages.isNewest[run] === isNewest) return;
  [stages.step[run], stages.isNewest[run]] = [step, isNewest];
  stages.dispatchEvent(new CustomEvent("moved", { detail: run }));
}

/** Call `draw` when the stage of the run `run()` has moved; returns what ends that. @param {() => string} run @param {() => void} draw */
export function followStage(run, draw) {
  const moved = (/** @type {any} */ { detail }) => { if (detail === run()) draw(); };
  stages.addEventListener("moved", moved);
  return () => stages.removeEventListener("moved", moved);
}

/** Which of these steps, in order, is shown: the stage's, else the last before it; -1: none. @param {string} run @param {number[]} steps */
export function placeOfStage(run, steps) {
  const step = stages.step[run] ?? Infinity;
  return steps.findLastIndex((one) => one <= step);
}

/** @param {string} run @param {number} step */
export const isOfStage = (run, step) => stages.step[run] === undefined || stages.step[run] === step;
