// The stage of a run that is looked at: the timeline moves it, and all else on the page that shows this run follows.
// @ts-check
// A stage is known by the number of updates done then. It belongs to the page, not to one component.
export const stages = (window.cnnlabStages ??= Object.assign(new EventTarget(), { step: {}, isNewest: {} })); // by run

export function goToStage(run, step, isNewest) {
  if (stages.step[run] === step && stages.isNewest[run] === isNewest) return;
  [stages.step[run], stages.isNewest[run]] = [step, isNewest];
  stages.dispatchEvent(new CustomEvent("moved", { detail: run }));
}

// Call `draw` whenever the stage of the run `run()` has moved; returns what ends that.
export function followStage(run, draw) {
  const moved = ({ detail }) => { if (detail === run()) draw(); };
  stages.addEventListener("moved", moved);
  return () => stages.removeEventListener("moved", moved);
}

// Which of these steps, in order, is shown: that of the stage, else the last one before it; -1 when there is none.
export function placeOfStage(run, steps) {
  const step = stages.step[run] ?? Infinity;
  return steps.findLastIndex((one) => one <= step);
}

export const isOfStage = (run, step) => stages.step[run] === undefined || stages.step[run] === step;
