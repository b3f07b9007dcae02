// Axes and lines of charts drawn as SVG: numbers in few characters, round values, and paths of steps and values.
// @ts-check
export const short = (value, digits = 2) => (Math.abs(value) < 1e5 ? `${+value.toPrecision(digits)}` : value.toExponential(1).replace(/\.0|\+/g, ""));

export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

export function logTicks(low, high) {
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const values = Array.from({ length: 60 }, (_, k) => factors.map((factor) => factor * 10 ** (k - 30))).flat();
  return values.filter((value) => value >= low && value <= high);
}

export const nearest = (steps, step) => steps.reduce((best, s, k) => (Math.abs(s - step) < Math.abs(steps[best] - step) ? k : best), 0);

export function linePath({ x, y, from, to }, steps, values) {
  let d = "";
  let pen = "M";
  for (let k = 0; k < steps.length; k++) {
    if (steps[k + 1] < from || steps[k - 1] > to) continue;
    const height = y(values[k]);
    if (Number.isFinite(height)) d += `${pen}${x(steps[k]).toFixed(1)} ${height.toFixed(1)}`;
    pen = Number.isFinite(height) ? "L" : "M";
  }
  return d;
}

export const pointPath = ({ x, y }, steps, values, shape) => Array.from(steps, (step, k) =>
  (Number.isFinite(y(values[k])) ? `M${x(step).toFixed(1)} ${y(values[k]).toFixed(1)}${shape}` : "")).join("");
