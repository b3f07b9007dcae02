// One row a class, made once; only widths and texts change, so that the bars can glide.
function percent(value) {
  const text = (100 * value).toFixed(1);
  if (text === "100.0" && value < 1) return "> 99.9 %";
  if (text === "0.0" && value > 0) return "< 0.1 %";
  return `${text} %`;
}

function createRows(root, labels) {
  root.querySelector("ul").innerHTML = labels.map(() => `<li><span class="label"></span>
    <span class="track"><span class="bar"></span></span><span class="percent"></span></li>`).join("");
  root.querySelectorAll(".label").forEach((element, i) => { element.textContent = labels[i]; });
}

export default function ({ parentElement, data }) {
  const { values, labels, title, hint, colours } = data;
  const root = parentElement.querySelector(".root");
  const find = (selector) => root.querySelector(selector);
  if (root.dataset.labels !== labels.join("\n")) {
    createRows(root, labels);
    root.dataset.labels = labels.join("\n");
  }
  ["top", "second", "rest"].forEach((name, i) => root.style.setProperty(`--${name}`, colours[i]));

  const readable = values !== null && values.every((value) => value !== null);
  const order = readable ? labels.map((_, i) => i).sort((a, b) => values[b] - values[a]) : [];
  const isSecond = (i) => i === order[1] && values[i] > values[order[2]];
  root.querySelectorAll("li").forEach((row, i) => {
    row.className = i === order[0] ? "top" : isSecond(i) ? "second" : "";
    row.querySelector(".bar").style.width = readable ? `${100 * values[i]}%` : "0";
    row.querySelector(".percent").textContent = readable ? percent(values[i]) : "";
    row.title = readable ? `${labels[i]}: ${values[i]}` : "";
  });
  find(".title").textContent = title ?? "";
  find(".answer").textContent = readable ? `${labels[order[0]]}, ${percent(values[order[0]])}` : "";
  find(".hint").textContent = values === null ? hint : readable ? "" : "The network's answer is not a number.";
  root.classList.toggle("empty", !readable);
}
