// A table whose cells are made once; numbers and colours change with the stage.
import { mount } from "../mount.js";
import { integers } from "../shared.js";
import { followStage, isOfStage, placeOfStage } from "../stages.js";
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const readout = find(".readout");
  const rest = readout.textContent;
  let now; // what Python sent, decoded

  function count(row, column) {
    const place = placeOfStage(now.run, now.steps);
    return place < 0 ? 0 : now.counts[100 * place + 10 * row + column];
  }

  const header = (digit, scope) => Object.assign(document.createElement("th"), { scope, textContent: digit });

  find("thead tr").append(...[...CLASSES, "right"].map((name) => header(name, "col")));
  const shares = [];
  const cells = CLASSES.map((row) => {
    const line = find("tbody").insertRow();
    line.append(header(row, "row"));
    const made = CLASSES.map((column) => {
      const cell = line.insertCell();
      cell.classList.toggle("right", row === column);
      cell.addEventListener("pointerenter", () => { readout.textContent = sentence(row, column); });
      return cell;
    });
    shares.push(Object.assign(line.insertCell(), { className: "share" }));
    return made;
  });
  find("table").addEventListener("pointerleave", () => { readout.textContent = rest; });

  function sentence(row, column) {
    const times = count(row, column) === 1 ? "once" : `${count(row, column)} times`;
    return row === column ? `A ${row} is read rightly ${times}.` : `A ${row} is read as a ${column} ${times}.`;
  }

  function draw() {
    const all = CLASSES.flatMap((row) => CLASSES.map((column) => count(row, column)));
    const right = CLASSES.reduce((sum, digit) => sum + count(digit, digit), 0);
    const total = all.reduce((a, b) => a + b, 0);
    const most = Math.max(1, ...all.filter((_, k) => k % 11));
    root.dataset.step = now.steps[placeOfStage(now.run, now.steps)] ?? "";
    const isLate = !isOfStage(now.run, now.steps[placeOfStage(now.run, now.steps)]);
    find("caption").textContent = total
      ? `${right.toLocaleString("en")} of ${total.toLocaleString("en")} right: ${((100 * right) / total).toFixed(1)} %${isLate ? " (at an earlier stage)" : ""}`
      : "Not read yet …";
    shares.forEach((cell, row) => {
      const those = CLASSES.reduce((sum, column) => sum + count(row, column), 0);
      cell.textContent = those ? `${Math.round((100 * count(row, row)) / those)} %` : "";
    });
    cells.forEach((line, row) => line.forEach((cell, column) => {
      const value = count(row, column);
      const share = Math.round(100 * Math.sqrt(value / most)); // so that a single mistake is seen beside thirty
      cell.textContent = value || "";
      cell.style.background = row !== column && value ? `color-mix(in srgb, ${now.colour} ${share}%, transparent)` : "";
    }));
  }

  const unfollow = followStage(() => now.run, draw);

  return {
    update(data) {
      now = { ...data, counts: integers(data.counts) };
      draw();
    },
    remove: unfollow,
  };
}

export default mount(createView);
