// Curves over a slider; the picture and its reading follow the slider in the browser.
import { mount } from "../mount.js";
import { bytes, clamp, floats } from "../shared.js";
const BOX = { left: 36, right: 12, top: 14, bottom: 8 };
const APART = 22; // pixels between the labels on the curves

function percent(value) {
  const text = (100 * value).toFixed(1);
  return text === "100.0" && value < 1 ? "> 99.9 %" : text === "0.0" && value > 0 ? "< 0.1 %" : `${text} %`;
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [svg, slider, canvas] = [find("svg"), find(".step"), find(".picture")];
  let now; // what Python sent, decoded
  let step = 0;
  let shownWidth;

  const probability = (k, digit) => now.probabilities[k * 10 + digit];
  const order = (k) => [...Array(10).keys()].sort((a, b) => probability(k, b) - probability(k, a));
  // A step stands in the middle of its share of the width, as the readings below do.
  const x = (k) => BOX.left + ((k + 0.5) / now.n) * (svg.clientWidth - BOX.left);
  const y = (value) => BOX.top + (1 - value) * (svg.clientHeight - BOX.top - BOX.bottom);

  // Each label sits where its curve is highest and no other label is.
  function labels() {
    const placed = [];
    const relevant = now.colours.map((colour, digit) => digit).filter((digit) => now.colours[digit]);
    const highest = (digit) => Math.max(...Array.from({ length: now.n }, (_, k) => probability(k, digit)));
    relevant.sort((a, b) => highest(b) - highest(a)).forEach((digit) => {
      const places = Array.from({ length: now.n }, (_, k) => ({ digit, x: x(k), y: y(probability(k, digit)), p: probability(k, digit) }));
      places.sort((a, b) => b.p - a.p);
      const free = places.find((one) => one.p > 0.04 && placed.every((other) => Math.hypot(one.x - other.x, one.y - other.y) > APART));
      if (free) placed.push(free);
    });
    return placed;
  }

  function drawChart() {
    shownWidth = svg.clientWidth;
    const lines = [0, 0.5, 1].map((value) => `<line class="grid" x1="${BOX.left}" x2="${svg.clientWidth}" y1="${y(value)}" y2="${y(value)}"/>
      <text x="${BOX.left - 5}" y="${y(value) + 4}" text-anchor="end">${100 * value} %</text>`);
    const path = (digit) => Array.from({ length: now.n }, (_, k) => `${x(k).toFixed(1)} ${y(probability(k, digit)).toFixed(1)}`).join("L");
    const curves = now.colours.map((colour, digit) => {
      const kind = digit === now.expected ? "curve expected" : colour ? "curve" : "curve rest";
      return `<path class="${kind}" data-digit="${digit}" d="M${path(digit)}"${colour ? ` stroke="${colour}"` : ""}/>`;
    });
    const tags = labels().map(({ digit, x: left, y: top }) => `<circle class="tag" cx="${left}" cy="${top}" r="10" fill="${now.colours[digit]}"/>
      <text class="label" fill="${now.onColours[digit]}" x="${left}" y="${top + 4.5}" text-anchor="middle">${digit}</text>`);
    svg.innerHTML = `${lines.join("")}<line class="zero" x1="${x(now.start)}" x2="${x(now.start)}" y1="${y(1)}" y2="${y(0)}"/>
      ${curves.join("")}<line class="here" y1="${y(1)}" y2="${y(0)}"/>${tags.join("")}`;
  }

  function show(k) {
    step = clamp(k, 0, now.n - 1);
    const [height, width] = now.shape.slice(1);
    const picture = new ImageData(width, height);
    now.images.subarray(step * height * width, (step + 1) * height * width).forEach((value, i) => picture.data.set([value, value, value, 255], 4 * i));
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").putImageData(picture, 0, 0);
    const [first, second] = order(step);
    const right = first === now.expected;
    find(".where").textContent = now.labels[step];
    find(".read").textContent = `${right ? "✓" : "✗"} read as ${first}, ${percent(probability(step, first))}`;
    find(".others").textContent = `then ${second}, ${percent(probability(step, second))}`;
    find(".answer").classList.toggle("wrong", !right);
    canvas.setAttribute("aria-label", `The digit, ${now.labels[step]}`);
    slider.value = step;
    slider.setAttribute("aria-valuetext", `${now.labels[step]}: read as ${first}, ${percent(probability(step, first))}`);
    const here = svg.querySelector(".here");
    ["x1", "x2"].forEach((name) => here.setAttribute(name, x(step)));
    [...find(".readings").children].forEach((span, i) => span.classList.toggle("here", i === step));
  }

  function follow(event) {
    const left = event.clientX - svg.getBoundingClientRect().left - BOX.left;
    show(Math.floor((left / (svg.clientWidth - BOX.left)) * now.n));
  }
  ["pointermove", "pointerdown"].forEach((kind) => svg.addEventListener(kind, follow));
  slider.addEventListener("input", () => show(+slider.value));
  const observer = new ResizeObserver(() => {
    if (!now || shownWidth === svg.clientWidth) return;
    drawChart();
    show(step);
  });
  observer.observe(svg);

  return {
    update(data) {
      const isNew = now?.describe !== data.describe;
      now = { ...data, n: data.shape[0], images: bytes(data.images), probabilities: floats(data.probabilities) };
      slider.max = now.n - 1;
      slider.setAttribute("aria-label", now.describe);
      const [low, high] = now.ends;
      [...find(".axis").children].forEach((span, i) => { span.textContent = [low, now.describe, high][i]; });
      find(".readings").innerHTML = Array.from({ length: now.n }, (_, k) => {
        const [first] = order(k);
        return `<span${first === now.expected ? "" : " class=\"wrong\""}>${first}</span>`;
      }).join("");
      drawChart();
      show(isNew ? now.start : step);
    },
    remove: () => observer.disconnect(),
  };
}

export default mount(createView);
