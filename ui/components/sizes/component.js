// Small lines, each on a logarithmic scale of its own column, with a dot at the stage.
import { short } from "../charts.js";
import { mount } from "../mount.js";
import { floats } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";
const [WIDTH, HEIGHT] = [110, 26];

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  let now; // what Python sent, decoded

  const number = (value, isShare) => (!Number.isFinite(value) ? "–"
    : isShare ? `${+(100 * value).toPrecision(2)} %` : short(value));
  const text = (content) => Object.assign(document.createElement("th"), { textContent: content });

  function create() {
    find("thead tr").replaceChildren(text("Layer"), ...now.columns.map(({ title }) => text(title)));
    find("tbody").replaceChildren(...now.layers.map(({ name, colour }) => {
      const row = document.createElement("tr");
      const head = text(name);
      head.scope = "row";
      head.prepend(document.createElement("i"));
      head.style.setProperty("--colour", colour);
      row.append(head, ...now.columns.map(() => {
        const cell = document.createElement("td");
        cell.innerHTML = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
          <line class="base" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/><path class="line"/><circle class="here" r="4"/></svg><span></span>`;
        return cell;
      }));
      return row;
    }));
  }

  // Where a value stands; the scale of a column holds the positive values of all its layers.
  function scaleOf({ values, steps }) {
    const positive = [...values].filter((value) => value > 0 && Number.isFinite(value)).map(Math.log);
    const [low, high] = [Math.min(...positive), Math.max(...positive)];
    return {
      x: (k) => (steps.length > 1 ? (k / (steps.length - 1)) * WIDTH : WIDTH),
      y: (value) => (value > 0 && Number.isFinite(value) ? HEIGHT - 2 - ((Math.log(value) - low) / (high - low || 1)) * (HEIGHT - 4) : NaN),
    };
  }

  function draw() {
    now.columns.forEach((column, c) => {
      const scale = scaleOf(column);
      const place = placeOfStage(now.run, column.steps);
      now.layers.forEach((_, row) => {
        const cell = find("tbody").rows[row].cells[c + 1];
        const value = (k) => column.values[k * now.layers.length + row];
        const points = column.steps.map((_step, k) => [scale.x(k), scale.y(value(k))]).filter(([, y]) => Number.isFinite(y));
        cell.querySelector(".line").setAttribute("d", points.length ? `M${points.map((point) => point.map((part) => part.toFixed(1)).join(" ")).join("L")}` : "");
        const [x, y] = [scale.x(place), scale.y(value(place))];
        const dot = cell.querySelector(".here");
        dot.style.display = Number.isFinite(y) ? "" : "none";
        if (Number.isFinite(y)) Object.entries({ cx: x, cy: y }).forEach(([name, part]) => dot.setAttribute(name, part));
        cell.querySelector("span").textContent = number(value(place) ?? NaN, column.isShare);
      });
    });
  }

  const unfollow = followStage(() => now.run, draw);

  return {
    update(data) {
      const shape = (one) => one && JSON.stringify([one.layers, one.columns.map(({ title }) => title)]);
      const isNew = shape(now) !== shape(data);
      now = { ...data, columns: data.columns.map((column) => ({ ...column, values: floats(column.values) })) };
      root.style.setProperty("--accent", now.accent);
      if (isNew) create();
      draw();
    },
    remove: unfollow,
  };
}

export default mount(createView);
