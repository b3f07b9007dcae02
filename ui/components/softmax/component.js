// Ten rows made once; a slider changes numbers and widths only. The maths is that of cnnlab.nn.operations.softmax.
// @ts-check
import { superscript } from "../charts.js";
import { mount } from "../mount.js";
import { finder, fixed, percent, set, setStyles, sum } from "../shared.js";

/** @typedef {{logits: number[], reach: number, name: string, trueClass: number, colours: object}} Data what Python sends */

function large(value) {
  if (value >= 0.01 && value < 1e6) return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
  const power = Math.floor(Math.log10(value));
  return `${(value / 10 ** power).toFixed(1)}·10${superscript(power)}`;
}

/** Probabilities of ten scores. @param {number[]} values */
function softmax(values) {
  const exponentials = values.map((value) => Math.exp(value - Math.max(...values)));
  return exponentials.map((value) => value / sum(exponentials));
}

const sigmoid = (value) => (Math.tanh(value / 2) + 1) / 2;

function createView(root) {
  const find = finder(root);
  const state = { logits: [], given: "", here: 0, truth: 0 };
  const name = `true-${Math.random().toString(36).slice(2)}`; // radio buttons that belong together
  let given; // what Python sent

  function createRows(count, reach) {
    find("tbody").innerHTML = Array.from({ length: count }, (_, k) => `<tr><th scope="row">${k}</th>
      <td><input class="z" type="range" min="${-reach}" max="${reach}" step="0.01" aria-label="Score of ${k}"></td>
      <td class="number value"></td><td class="number exp"></td>
      <td class="wide"><span class="track"><span class="bar"></span><span class="p"></span></span></td>
      <td class="number each"></td><td><input type="radio" name="${name}" value="${k}" aria-label="The true class is ${k}"></td></tr>`).join("");
    rows().forEach((row, k) => {
      row.querySelector(".z").addEventListener("input", (event) => { state.logits[k] = +event.target.value; state.here = k; draw(); });
      row.querySelector("[type=radio]").addEventListener("change", () => { state.truth = k; light(k); });
      row.addEventListener("pointerenter", () => light(k));
      row.addEventListener("focusin", () => light(k));
    });
  }

  const rows = () => [...root.querySelectorAll("tbody tr")];
  // The temperature, what the scores are then, their exponentials' sum and the probabilities.
  function answer() {
    const degrees = 10 ** (find(".temperature").value / 10);
    const scaled = state.logits.map((logit) => logit / degrees);
    return { degrees, scaled, total: large(sum(scaled.map(Math.exp))), p: softmax(scaled) };
  }

  function light(k) {
    state.here = k;
    rows().forEach((row, i) => row.classList.toggle("here", i === k));
    write(answer());
  }

  function write({ degrees, scaled, total, p }) {
    const [k, truth] = [state.here, state.truth];
    const over = degrees === 1 ? "" : ` / ${fixed(degrees)}`;
    const terms = state.logits.map((logit, i) => `<span class="${i === k ? "lit" : ""}">e<sup>${fixed(logit)}${over}</sup></span>`);
    find(".formula").innerHTML = `probability of ${k} = ${terms[k]} ÷ (${terms.join(" + ")}) = ${large(Math.exp(scaled[k]))} ÷ ${total} = <b>${p[k].toPrecision(4)}</b>`;
    const loss = -Math.log(p[truth]);
    const reading = p.indexOf(Math.max(...p)) === truth ? "It is right" : "It is wrong";
    const sure = loss < 0.1 ? "and sure: that costs next to nothing." : loss > 3 ? "and sure of something else: that costs most."
      : "but not sure: that costs something.";
    find(".loss").innerHTML = `If it is really a <b>${truth}</b>: cross-entropy = −ln(probability of ${truth}) = −ln(${p[truth].toPrecision(3)}) = <b class="cost">${fixed(loss, 3)}</b>. ${reading}, ${sure}`;
  }

  function draw() {
    const { degrees, scaled, total, p } = answer();
    const each = state.logits.map(sigmoid);
    const top = p.indexOf(Math.max(...p));
    rows().forEach((row, k) => {
      const part = finder(row);
      part(".z").value = state.logits[k];
      set(part(".z"), { "aria-valuetext": `${fixed(state.logits[k])}, probability ${percent(p[k])}` });
      part(".value").textContent = fixed(state.logits[k]);
      part("td.exp").textContent = large(Math.exp(scaled[k]));
      part(".bar").style.width = `${100 * p[k]}%`;
      part(".p").textContent = percent(p[k]);
      part(".wide").dataset.p = p[k];
      part("td.each").textContent = fixed(each[k], 3);
      part("[type=radio]").checked = k === state.truth;
      row.classList.toggle("top", k === top);
    });
    find(".total").textContent = total;
    find(".all").textContent = fixed(sum(each), 3);
    find(".degrees").textContent = fixed(degrees);
    light(state.here);
  }

  find(".temperature").addEventListener("input", draw);
  find(".sigmoid").addEventListener("change", () => root.classList.toggle("compare", find(".sigmoid").checked));
  find(".reset").addEventListener("click", () => {
    Object.assign(state, { logits: [...given.logits], truth: given.trueClass, here: given.trueClass });
    find(".temperature").value = 0;
    draw();
  });

  return {
    update(/** @type {Data} */ data) {
      given = data;
      find(".reset").textContent = `↺ ${data.name}`;
      setStyles(root, data.colours);
      const asked = JSON.stringify([data.logits, data.trueClass]);
      if (asked !== state.given) {
        createRows(data.logits.length, data.reach);
        Object.assign(state, { logits: [...data.logits], truth: data.trueClass, here: data.trueClass, given: asked });
      }
      draw();
    },
  };
}

export default mount(createView);
