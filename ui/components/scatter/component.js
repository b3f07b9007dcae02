// Points drawn as their digits: hovering, arrow keys, turning, playing and choosing classes all stay in the browser.
import { mount } from "../mount.js";
import { bytes, clamp, floats, set } from "../shared.js";
const SIDE = 28; // pixels of a picture
const UNKNOWN = 255; // no label
const MARGIN = 26; // around the points, so that names and rings fit
const REACH = 26; // pixels from the pointer to a point
const STEP = 650; // milliseconds from frame to frame
const PERSPECTIVE = 0.22; // how much nearer points are spread
const TURN = 0.0004; // radians a millisecond
const FAINT = 0.3; // rings, where more than a quarter of all digits has one

const middle = (values) => values.sort()[Math.floor(values.length / 2)];

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const stage = find(".stage");
  const picture = find(".picture").getContext("2d");
  const [play, scrub] = [find(".play"), find(".scrub")];
  const sheet = new Image();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { point: 0, frame: 0, yaw: 0.6, pitch: 0.35, only: new Set(), ticket: 0, turned: null };
  let now; // what Python sent, decoded
  let screen = new Float32Array(0); // x, y, depth of every point, in CSS pixels

  const isSolid = () => now.dims === 3;
  const isShown = (k) => !state.only.size || now.labels[k] === UNKNOWN || state.only.has(now.labels[k]) || k >= now.digits;
  const readAs = (k) => now.read[Math.round(state.frame) * now.num + k];

  // The middle of the points and how far they reach, over all frames: one scale for both axes, and nothing jumps.
  function measure() {
    const reach = [];
    now.centre = [];
    for (let axis = 0; axis < now.dims; axis++) {
      let [low, high] = [Infinity, -Infinity];
      for (let k = axis; k < now.places.length; k += now.dims) {
        low = Math.min(low, now.places[k]);
        high = Math.max(high, now.places[k]);
      }
      now.centre.push((low + high) / 2);
      reach.push(Math.max((high - low) / 2, 1e-9));
    }
    now.reach = reach;
  }

  function project() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const [w, h] = [width / 2 - MARGIN, height / 2 - MARGIN];
    const radius = Math.max(...now.reach);
    const scale = isSolid() ? Math.min(w, h) / radius : Math.min(w / now.reach[0], h / now.reach[1]);
    const first = Math.floor(state.frame);
    const last = Math.min(first + 1, now.frames.length - 1);
    const share = state.frame - first;
    const [cy, sy, cp, sp] = [Math.cos(state.yaw), Math.sin(state.yaw), Math.cos(state.pitch), Math.sin(state.pitch)];
    const at = (k, axis) => {
      const place = k * now.dims + axis;
      const size = now.num * now.dims;
      const [from, to] = [now.places[first * size + place], now.places[last * size + place]];
      return from + (to - from) * share - now.centre[axis];
    };
    for (let k = 0; k < now.num; k++) {
      let [x, y, depth] = [at(k, 0), at(k, 1), 0];
      if (isSolid()) {
        const z = at(k, 2);
        const far = cy * z - sy * x;
        x = cy * x + sy * z;
        [y, depth] = [cp * y - sp * far, (sp * y + cp * far) / radius];
        const nearer = 1 + PERSPECTIVE * depth;
        [x, y] = [x * nearer, y * nearer];
      }
      screen.set([width / 2 + x * scale, height / 2 - y * scale, depth], 3 * k);
    }
  }

  function draw() {
    if (!now || !stage.clientWidth) return;
    project();
    const context = stage.getContext("2d");
    const style = getComputedStyle(root);
    const paper = style.getPropertyValue("--st-background-color");
    stage.width = stage.clientWidth * devicePixelRatio;
    stage.height = stage.clientHeight * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const order = [...Array(now.digits).keys()];
    if (isSolid()) order.sort((a, b) => screen[3 * a + 2] - screen[3 * b + 2]);
    const wrong = order.filter((k) => readAs(k) !== now.labels[k]);
    const ring = wrong.length > order.length / 4 ? FAINT : 1;
    now.size = null;
    for (const k of order) drawDigit(context, k, ring, style);
    context.globalAlpha = 1;
    drawCentres(context, paper, style);
    drawPoint(context, paper, style);
    for (let k = now.digits; k < now.num; k++) drawMark(context, k, paper, style);
  }

  function drawDigit(context, k, ring, style) {
    const [x, y, depth] = screen.subarray(3 * k, 3 * k + 3);
    const small = stage.clientWidth < 450 ? 2 : 0;
    const near = isSolid() ? clamp(0.5 + depth / 2, 0, 1) : 1;
    context.globalAlpha = isShown(k) ? 0.45 + 0.55 * near : 0.1;
    context.fillStyle = now.colours[now.labels[k]];
    const size = (isSolid() ? Math.round(8 + 5 * near) : 12) - small;
    if (size !== now.size) context.font = `600 ${(now.size = size)}px ${style.fontFamily}`; // slow to set
    context.fillText(now.labels[k], x, y);
    if (readAs(k) === now.labels[k]) return;
    context.globalAlpha *= ring;
    context.strokeStyle = style.color;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.stroke();
  }

  function write(context, text, x, y, size, colour, paper, style) {
    context.font = `700 ${size}px ${style.fontFamily}`;
    context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = paper;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  function drawCentres(context, paper, style) {
    for (let digit = 0; digit < 10; digit++) {
      if (state.only.size && !state.only.has(digit)) continue;
      const [xs, ys] = [[], []];
      for (let k = 0; k < now.digits; k++) {
        if (now.labels[k] !== digit) continue;
        xs.push(screen[3 * k]);
        ys.push(screen[3 * k + 1]);
      }
      if (!xs.length) continue;
      const [x, y] = [middle(Float32Array.from(xs)), middle(Float32Array.from(ys))];
      write(context, digit, x, y, 28, now.colours[digit], paper, style);
    }
  }

  function drawPoint(context, paper, style) {
    const [x, y] = screen.subarray(3 * state.point, 3 * state.point + 2);
    for (const [colour, width] of [[paper, 6], [style.color, 2.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, 12, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  function drawMark(context, k, paper, style) {
    const [x, y] = screen.subarray(3 * k, 3 * k + 2);
    context.beginPath();
    [[0, -9], [9, 0], [0, 9], [-9, 0]].forEach(([right, down]) => context.lineTo(x + right, y + down));
    context.closePath();
    context.lineWidth = 5;
    context.strokeStyle = paper;
    context.stroke();
    context.fillStyle = style.color;
    context.fill();
    context.font = `700 14px ${style.fontFamily}`;
    const half = context.measureText(now.names[k]).width / 2 + 4;
    const above = y < 40 ? 21 : -21;
    write(context, now.names[k], clamp(x, half, Math.max(half, stage.clientWidth - half)), y + above, 14, style.color, paper, style);
  }

  function tell() {
    const [k, label, read] = [state.point, now.labels[state.point], readAs(state.point)];
    picture.drawImage(sheet, SIDE * (k % now.columns), SIDE * Math.floor(k / now.columns), SIDE, SIDE, 0, 0, SIDE, SIDE);
    find(".card b").textContent = label === UNKNOWN ? now.names[k] : `A ${label}`;
    find(".verdict").textContent = `read as ${read}${label === UNKNOWN ? "" : read === label ? " ✓" : " ✗"}`;
    find("small").textContent = label === UNKNOWN ? "" : now.names[k];
  }

  function point(k) {
    if (k === state.point) return;
    state.point = k;
    tell();
    draw();
  }

  function nearest(x, y, allowed = () => true) {
    let [best, least] = [null, Infinity];
    for (let k = 0; k < now.num; k++) {
      const [right, down] = [screen[3 * k] - x, screen[3 * k + 1] - y];
      const far = Math.hypot(right, down);
      if (far < least && isShown(k) && allowed(right, down, k)) [best, least] = [k, far];
    }
    return [best, least];
  }

  function turn(yaw, pitch) {
    state.yaw += yaw;
    state.pitch = clamp(state.pitch + pitch, -1.5, 1.5);
    draw();
  }

  function goTo(frame) {
    const before = Math.round(state.frame);
    state.frame = frame;
    scrub.value = Math.round(frame);
    find("output").textContent = now.frames[Math.round(frame)];
    scrub.setAttribute("aria-valuetext", now.frames[Math.round(frame)]);
    if (before !== Math.round(frame)) tell();
    draw();
  }

  function stop() {
    cancelAnimationFrame(state.ticket);
    state.ticket = 0;
    play.textContent = isSolid() ? "Turn" : "▶ Play";
  }

  function start() {
    const last = now.frames.length - 1;
    if (!isSolid() && state.frame >= last) goTo(0);
    play.textContent = isSolid() ? "Hold" : "Pause";
    let [before, exact] = [null, state.frame];
    const tick = (time) => {
      const passed = before === null ? 0 : time - before;
      before = time;
      state.ticket = requestAnimationFrame(tick);
      if (isSolid()) return turn(passed * TURN, 0);
      exact = Math.min(exact + passed / STEP, last);
      const frame = calm.matches ? Math.floor(exact) : exact;
      if (frame !== state.frame) goTo(frame);
      if (exact >= last) stop();
    };
    state.ticket = requestAnimationFrame(tick);
  }

  stage.addEventListener("pointerdown", (event) => {
    if (isSolid()) state.turned = [event.clientX, event.clientY];
    if (isSolid()) stage.setPointerCapture(event.pointerId);
  });
  ["pointerup", "pointercancel"].forEach((kind) => stage.addEventListener(kind, () => { state.turned = null; }));
  ["pointermove", "pointerdown"].forEach((kind) => stage.addEventListener(kind, (event) => {
    if (state.turned && kind === "pointermove") {
      turn((event.clientX - state.turned[0]) / 150, (event.clientY - state.turned[1]) / 150);
      state.turned = [event.clientX, event.clientY];
      return;
    }
    const [k, far] = nearest(event.offsetX, event.offsetY);
    if (k !== null && far < REACH) point(k);
  }));
  // An arrow goes to the nearest point within 45 degrees of its direction; with Shift it turns the space.
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    if (isSolid() && event.shiftKey) return turn(step[0] / 8, step[1] / 8);
    const [x, y] = screen.subarray(3 * state.point, 3 * state.point + 2);
    const [k] = nearest(x, y, (right, down, other) => {
      const along = right * step[0] + down * step[1];
      return other !== state.point && along > 0 && along >= Math.abs(right * step[1] + down * step[0]);
    });
    if (k !== null) point(k);
  });
  scrub.addEventListener("input", () => { stop(); goTo(Number(scrub.value)); });
  play.addEventListener("click", () => (state.ticket ? stop() : start()));
  const observer = new ResizeObserver(draw);
  observer.observe(stage);

  function createClasses() {
    find(".classes").replaceChildren(...now.colours.map((colour, digit) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = digit;
      button.style.setProperty("--own", colour);
      button.style.setProperty("--on", luminance(colour) > 0.18 ? "#000" : "#fff");
      button.setAttribute("aria-pressed", state.only.has(digit));
      button.addEventListener("click", () => {
        if (!state.only.delete(digit)) state.only.add(digit);
        button.setAttribute("aria-pressed", state.only.has(digit));
        draw();
      });
      return button;
    }));
  }

  return {
    update(data) {
      const [frames, num, dims] = data.shape;
      const before = now;
      now = {
        ...data,
        num,
        dims,
        digits: num - data.marked,
        places: floats(data.places),
        labels: bytes(data.labels),
        read: bytes(data.read),
      };
      screen = new Float32Array(3 * num);
      measure();
      stop();
      if (before?.sheet !== data.sheet) {
        state.point = data.marked ? now.digits : 0;
        sheet.onload = tell;
        sheet.src = `data:image/png;base64,${data.sheet}`;
      }
      scrub.max = frames - 1;
      scrub.hidden = find("output").hidden = frames === 1;
      find(".time").hidden = frames === 1 && !isSolid();
      stage.classList.toggle("solid", isSolid());
      stage.setAttribute("aria-label", `${data.describe} Arrow keys go from digit to digit${isSolid() ? ", with Shift they turn the space" : ""}.`);
      find(".hint").textContent = `Press digits to see only these. A ring: read wrongly.${isSolid() ? " Drag to turn." : ""}`;
      createClasses();
      goTo(Math.min(Math.round(state.frame), frames - 1));
      tell();
    },
    remove() {
      stop();
      observer.disconnect();
    },
  };
}

export default mount(createView);
