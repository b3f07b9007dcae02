// One pixel mixed from red, green and blue: the swatch follows the sliders at once, Python gets the pixel at the end.
// @ts-check
import { mount } from "../mount.js";
import { css, finder, make } from "../shared.js";

/** @typedef {{presets: [string, number[]][], start: number[]}} Data names and pixels */
const TINTS = { Red: "#d22", Green: "#2a2", Blue: "#36f" };

function createView(root) {
  const find = finder(root);
  find(".sliders").innerHTML = Object.entries(TINTS).map(([name, tint]) =>
    `<label>${name}<input type="range" min="0" max="255" style="accent-color: ${tint}"><output></output></label>`).join("");
  const inputs = [...root.querySelectorAll("input")];
  let send;
  let sent = { presets: "", start: "" };

  const pixel = () => inputs.map((input) => +input.value);

  function show() {
    find(".swatch").style.background = css(pixel());
    find(".swatch").setAttribute("aria-label", `A pixel of the colour ${pixel().join(", ")}`);
    root.querySelectorAll("output").forEach((output, c) => { output.textContent = inputs[c].value; });
  }

  function mix(values) {
    inputs.forEach((input, c) => { input.value = values[c]; });
    show();
  }

  function makePreset([name, values]) {
    const button = make("button", { type: "button", innerHTML: `<i style="background: ${css(values)}"></i>` }, name);
    button.addEventListener("click", () => { mix(values); send(values); });
    return button;
  }

  find(".sliders").addEventListener("input", show);
  find(".sliders").addEventListener("change", () => send(pixel()));

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      send = (values) => setStateValue("pixel", values);
      const [presets, start] = [JSON.stringify(data.presets), `${data.start}`];
      if (sent.presets !== presets) find(".presets").replaceChildren(...data.presets.map(makePreset)); // else a button would lose the focus
      if (sent.start !== start) mix(data.start);
      sent = { presets, start };
    },
  };
}

export default mount(createView);
