// One value: where it stands, what it was made from, and how. Every number comes from Python; a click asks for the next.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, coloursOf, hasRoom, inCell, layOver, legend, paint, within } from "../raster.js";
import { ARROWS, bytes, clamp, finder, floats, formulaOf, minus, onArrow, whole } from "../shared.js";

/**
 * @typedef {{kind: string, limit: number}} Scale
 * @typedef {number | null} Value null is not a number
 * @typedef {object} Data
 * @property {"convolution" | "dense" | "mean" | "maximum" | "normalisation" | "copy" | "pixel"} operation
 * @property {Value} before @property {Value} after @property {Value} bias @property {Record<string, Value>} constants
 * @property {number[] | null} winner its place in the window @property {number[]} position
 * @property {{name: string, value: Value, colour: string}[]} path @property {string} title @property {string} note
 * @property {string} digit @property {[number, number, number, number]} square top, left, bottom, right
 * @property {string | null} thisMap @property {[number, number] | []} thisShape @property {Scale | null} thisScale
 * @property {string} activation @property {string[]} inputNames @property {string[]} unitNames
 * @property {string | Value[]} inputs @property {string | Value[]} [weights] @property {string | Value[]} [products]
 * @property {number[]} [shape] @property {number} [side] @property {number} [count] @property {string} [padding]
 * @property {Value[]} [sums] @property {Value[]} [rest] @property {number[]} [order] @property {Value} [total]
 * @property {Record<"inputs" | "weights" | "products", Scale>} [scales]
 * @property {Value[] | null} logits @property {Value[]} [exponentials] @property {Value[]} [shares] @property {Value} [exponentialSum]
 */
const FEW_TERMS = 12;
const CELL = { least: 12, most: 44 };
// Four decimals, fewer for large numbers, a power of ten for tiny ones.
function shown(value) {
  if (value === null || Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.00005) return minus(value.toExponential(1));
  return minus(value.toFixed(size >= 1000 ? 1 : size >= 100 ? 2 : 4));
}

const product = (value, weight) => `${shown(value)} × ${shown(weight)}`;

function createView(root) {
  const find = finder(root);
  const state = { channel: null, terms: FEW_TERMS, place: 0, cell: [0, 0], asked: false, shown: "" };
  let now; // what Python sent, decoded
  let send;

  function go(request) {
    state.asked = true;
    send({ at: now.path.length, ...request });
  }

  function drawHead() {
    const last = now.path.length - 1;
    find(".path").innerHTML = now.path.map((crumb, i) => `<li><button type="button" style="--layer:${crumb.colour}" data-crumb="${i}"
      ${i === last ? "aria-current=\"step\"" : ""}>${crumb.name} <small>${shown(crumb.value)}</small></button></li>`).join("");
    find(".back").disabled = last === 0;
    find("h4").textContent = now.title;
    find(".value").innerHTML = `${now.path[last].name} = <span>${shown(now.after)}</span>`;
    const [top, left, bottom, right] = now.square;
    const seesAll = bottom - top === 28 && right - left === 28;
    find(".sentence").textContent = now.note || (seesAll ? "It can see the whole picture."
      : `It can see the ${bottom - top} × ${right - left} pixels in the yellow square.`);
    find(".digit").parentElement.hidden = seesAll || now.operation === "pixel";
    paint(find(".digit canvas"), now.digit, 28, { kind: "ink", limit: 1 });
    layOver(find(".square"), [top, left], [28, 28], [bottom - top, right - left]);
    find(".own").hidden = !now.thisMap;
    if (!now.thisMap) return;
    const [rows, columns] = now.thisShape;
    paint(find(".map canvas"), now.thisMap, columns, now.thisScale);
    layOver(find(".mark"), now.position, now.thisShape);
    const words = now.operation === "pixel" ? "the picture: click a pixel" : `map ${now.position[2]}: click a value`;
    find(".own figcaption").innerHTML = words + legendMarkup(now.thisScale);
    find(".map").setAttribute("aria-label", `${rows} by ${columns} values. Arrow keys read them, Enter goes to one.`);
    hover(null);
  }

  function hover(cell) {
    find(".hover").hidden = cell === null;
    if (cell === null) return;
    const [rows, columns] = now.thisShape;
    state.cell = within(cell, rows, columns);
    const [row, column] = state.cell;
    layOver(find(".hover"), state.cell, now.thisShape);
    tell(`row ${row}, column ${column}: ${shown(now.thisMap[row * columns + column])}`);
  }

  const legendMarkup = (scale) => `<span class="legend">${legend(scale)}</span>`;
  const tell = (text) => { find(".readout").textContent = text; };

  function bar(value, largest) {
    const width = largest > 0 ? (50 * Math.abs(value)) / largest : 0;
    return `<span class="bar"><i class="${value < 0 ? "below" : "above"}" style="width:${width}%;${value < 0 ? "right" : "left"}:50%"></i></span>`;
  }

  function grid(values, columns, cell, scale, isChoice) {
    const words = isChoice ? `role="group" aria-label="Arrow keys read the values, Enter goes to one."` : `aria-hidden="true"`;
    const cells = Array.from(values, (value, k) => {
      const [background, ink] = coloursOf(value, scale);
      const outside = now.padding?.[k] && isChoice;
      const classes = `${k === state.place ? "here" : ""} ${outside ? "padding" : ""} ${k === now.winnerPlace ? "winner" : ""}`;
      const number = hasRoom(cell) && !outside ? inCell(value, cell) : "";
      const [tag, rest] = isChoice ? ["button", `type="button" tabindex="${k === state.place ? 0 : -1}" aria-label="${sentence(k)}"`] : ["span", ""];
      return `<${tag} data-place="${k}" class="${classes}" style="background:${background};color:${ink}" ${rest}>${number}</${tag}>`;
    });
    return `<div class="cells ${isChoice ? "choose" : ""}" style="--columns:${columns};--cell:${cell}px" ${words}>${cells.join("")}</div>`;
  }

  // One input in words: where it stands, and what is done with it.
  function sentence(k) {
    const place = `row ${Math.floor(k / now.columns)}, column ${k % now.columns}`;
    if (now.padding?.[k]) return `${place}: padding, which counts as 0`;
    const at = now.channelOffset + k;
    return `${place}: ${now.weights ? `${product(now.inputs[at], now.weights[at])} = ${shown(now.products[at])}` : shown(now.inputs[at])}`;
  }

  function drawConvolution() {
    const many = now.inputNames.length > 1;
    const largest = Math.max(...now.sums.map(Math.abs));
    const list = now.order.map((c) => `<button type="button" data-channel="${c}" tabindex="${c === state.channel ? 0 : -1}" aria-pressed="${c === state.channel}">
      <span>${now.inputNames[c]}</span>${bar(now.sums[c], largest)}<b>${shown(now.sums[c])}</b></button>`).join("");
    const room = Math.min(root.clientWidth, 1100) - (many && root.clientWidth > 560 ? 250 : 0) - 70;
    const side = now.side;
    const stacked = root.clientWidth <= 560;
    const cell = clamp(Math.floor(stacked ? (root.clientWidth - 20) / side : room / (3 * side)) - 1, CELL.least, CELL.most);
    const figure = (title, name, isChoice) => {
      const values = now[name].subarray(now.channelOffset, now.channelOffset + side * side);
      const scale = now.scales[name];
      return `<figure><figcaption>${title}</figcaption>${grid(values, side, cell, scale, isChoice)}${legendMarkup(scale)}</figure>`;
    };
    find(".work").innerHTML = (many ? `<div class="channels"><h5>What each map adds</h5><div class="list">${list}</div></div>` : "")
      + `<div class="grids">${figure(`${now.inputNames[state.channel]}: click a value`, "inputs", true)}<span class="sign">×</span>`
      + `${figure("weights", "weights")}<span class="sign">=</span>${figure("products", "products")}</div>`;
  }

  function drawTerms() {
    const count = Math.min(state.terms, now.order.length);
    const largest = Math.max(...now.products.map(Math.abs), 0);
    const rows = now.order.slice(0, count).map((unit, i) => `<button type="button" data-input="${unit}" tabindex="${i ? -1 : 0}"><span>${now.inputNames[i]}</span>
      <span>${product(now.inputs[i], now.weights[i])}</span>${bar(now.products[i], largest)}<b>${shown(now.products[i])}</b></button>`).join("");
    const left = now.count - count;
    const next = Math.min(now.order.length - count, FEW_TERMS);
    const more = next ? ` <button type="button" class="show">Show ${next} more</button>` : "";
    find(".work").innerHTML = `<div class="terms"><h5>input × weight, the largest first: click one</h5><div class="list">${rows}</div>`
      + (left ? `<p class="more">and ${whole(left)} more, adding up to <b class="rest">${shown(now.rest[count])}</b>${more}</p>` : "") + "</div>";
  }

  function drawWindow() {
    const [, columns] = now.shape;
    const cell = clamp(Math.floor((root.clientWidth - 20) / columns) - 1, CELL.least, CELL.most + 12);
    const [neighbours, colours] = now.inputs.length > 1 ? [" and its neighbours", legendMarkup(now.scales.inputs)] : ["", ""];
    find(".work").innerHTML = now.inputs.length ? `<div class="grids"><figure><figcaption>${now.inputNames[0] ?? ""}${neighbours}: click a value</figcaption>${
      grid(now.inputs, columns, cell, now.scales.inputs, true)}${colours}</figure></div>` : "";
  }

  const line = (name, value, kind = "") => `<tr class="${kind}"><th scope="row">${name}</th><td>${value}</td></tr>`;

  function drawTotal() {
    const { operation, bias, before, after, activation, constants: c, inputs } = now;
    const rows = [];
    if (operation === "convolution" || operation === "dense") {
      const count = operation === "dense" ? now.count : now.inputs.length;
      rows.push(line(`all ${whole(count)} products`, shown(now.total)), line("+ bias", shown(bias)), line("= sum", shown(before), "line"));
    } else if (operation === "mean") {
      rows.push(line(`the mean of ${inputs.length} values`, shown(before)));
    } else if (operation === "maximum") {
      rows.push(line(`the largest of ${inputs.length} values`, shown(before)));
    } else if (operation === "normalisation") {
      rows.push(line(`(${shown(inputs[0])} − mean ${shown(c.moving_mean)}) ÷ √(variance ${shown(c.moving_variance)} + ${c.epsilon})`
        + ` × gamma ${shown(c.gamma)} + beta ${shown(c.beta)}`, shown(before)));
    }
    const formula = formulaOf(activation, shown(before));
    if (formula) rows.push(line(activation === "tanh" ? formula : `${activation}: ${formula}`, shown(after), "result"));
    find(".total").innerHTML = rows.join("");
  }

  function drawSoftmax() {
    const box = find(".softmax");
    box.hidden = !now.logits;
    if (!now.logits) return;
    const own = now.position.at(-1);
    box.innerHTML = `<h5>softmax: exp of each sum, then its share of them all</h5><div class="list">` + now.logits.map((logit, unit) => `
      <button type="button" data-unit="${unit}" tabindex="${unit === own ? 0 : -1}" aria-pressed="${unit === own}"><span>${now.unitNames[unit]}</span><b>${shown(logit)}</b>
      <b>exp ${shown(now.exponentials[unit])}</b><i class="share" style="width:${100 * now.shares[unit]}%"></i><b>${shown(now.shares[unit])}</b></button>`).join("")
    + `</div><p class="formula">exp(${shown(now.before)} − ${shown(Math.max(...now.logits))}) ÷ ${shown(now.exponentialSum)} = <b>${shown(now.after)}</b>`
    + ` <small>(the largest sum is taken away first: exp stays small, the shares stay the same)</small></p>`;
  }

  function drawWork() {
    now.channelOffset = now.operation === "convolution" ? state.channel * now.side ** 2 : 0;
    ({ convolution: drawConvolution, dense: drawTerms }[now.operation] ?? drawWindow)();
  }

  // Grids and lists are one stop of the Tab key each; the arrow keys move in them.
  function step(event) {
    const arrow = ARROWS[event.key];
    const button = event.target.closest("button");
    const box = button?.closest(".choose, .list");
    if (!arrow || !box) return;
    event.preventDefault();
    const all = [...box.querySelectorAll("button")];
    const columns = box.matches(".choose") ? now.columns : 1;
    const place = all.indexOf(button);
    const next = place + arrow[0] * columns + arrow[1];
    const leaves = columns > 1 && arrow[1] && Math.floor(next / columns) !== Math.floor(place / columns);
    if (next < 0 || next >= all.length || leaves) return;
    [button.tabIndex, all[next].tabIndex] = [-1, 0];
    all[next].focus();
  }

  function mark(k) {
    state.place = k;
    root.querySelectorAll(".cells > *").forEach((cell) => {
      cell.classList.toggle("here", +cell.dataset.place === k);
      if (cell.tagName === "BUTTON") cell.tabIndex = +cell.dataset.place === k ? 0 : -1;
    });
    tell(sentence(k));
  }

  function choose(channel) {
    if (channel === state.channel) return;
    state.channel = channel;
    state.place = strongestPlace();
    const scroll = find(".list").scrollTop;
    drawWork();
    find(".list").scrollTop = scroll;
    find(`[data-channel="${channel}"]`).focus();
  }

  function look(event) {
    const place = event.target.closest(".cells [data-place]");
    const channel = event.target.closest("[data-channel]");
    if (place) mark(+place.dataset.place);
    else if (channel && event.type === "focusin") choose(+channel.dataset.channel);
  }

  // Where to begin: the winner of a window, the largest product of a convolution.
  function strongestPlace() {
    if (now.operation !== "convolution") return now.winnerPlace ?? 0;
    const size = now.side ** 2;
    const products = now.products.subarray(state.channel * size, (state.channel + 1) * size).map(Math.abs);
    return products.indexOf(Math.max(...products));
  }

  const inputAt = (k) => {
    const [row, column] = [Math.floor(k / now.columns), k % now.columns];
    if (now.operation === "convolution") return [row, column, state.channel];
    return now.twoD ? [row, column] : [k];
  };

  function click(event) {
    const { crumb, channel, input, unit, place } = event.target.closest("button")?.dataset ?? {};
    if (event.target.closest(".back")) go({ crumb: now.path.length - 2 });
    else if (event.target.closest(".show")) {
      state.terms += FEW_TERMS;
      drawTerms();
    } else if (crumb !== undefined) go({ crumb: +crumb });
    else if (channel !== undefined) choose(+channel);
    else if (input !== undefined) go({ input: [+input] });
    else if (unit !== undefined) go({ unit: +unit });
    else if (place !== undefined && !now.padding?.[+place]) go({ input: inputAt(+place) });
  }

  const goToCell = () => go({ cell: state.cell });
  const hoverAt = (event) => hover(cellAt(map.getBoundingClientRect(), event, now.thisShape[0], now.thisShape[1]));

  root.addEventListener("click", click);
  root.addEventListener("keydown", step);
  root.addEventListener("focusin", look);
  root.addEventListener("pointerover", look);
  const map = find(".map");
  map.addEventListener("pointermove", hoverAt);
  map.addEventListener("pointerleave", () => { hover(null); tell(""); });
  map.addEventListener("blur", () => hover(null));
  map.addEventListener("click", (event) => { hoverAt(event); goToCell(); });
  map.addEventListener("keydown", (event) => event.key === "Enter" && goToCell());
  onArrow(map, (rows, columns) => hover([state.cell[0] + rows, state.cell[1] + columns]));

  return {
    update(/** @type {Data} */ data, { act }) {
      send = (request) => act("go", request);
      const decode = (part) => (typeof part === "string" ? floats(part) : part);
      now = {
        ...data,
        ...Object.fromEntries(["inputs", "weights", "products", "digit", "thisMap"].map((name) => [name, decode(data[name])])),
        padding: data.padding && bytes(data.padding),
      };
      now.columns = now.side ?? now.shape?.[1] ?? 1;
      now.twoD = now.shape && now.operation !== "copy" && now.operation !== "normalisation";
      now.winnerPlace = now.winner ? now.winner[0] * now.columns + now.winner[1] : null;
      const place = now.path.map((crumb) => crumb.name).join();
      if (place !== state.shown) {
        const strongest = now.operation === "convolution" ? now.order[0] : null;
        Object.assign(state, { shown: place, channel: strongest, terms: FEW_TERMS });
        state.place = strongestPlace();
      }
      state.cell = now.position.slice(0, 2);
      drawHead();
      drawWork();
      drawTotal();
      drawSoftmax();
      tell(now.operation === "convolution" ? sentence(state.place) : "");
      if (state.asked) find("h4").focus({ preventScroll: true });
      state.asked = false;
    },
    resize: drawWork,
  };
}

export default mount(createView);
