// Pictures of numbers: their colours, the numbers in their cells, their legend, and places in them.
// @ts-check
import { bytes, clamp, css, minus, short } from "./shared.js";

/** @typedef {{kind?: any, limit: number, table?: Uint8Array}} Scale a kind of ui.colours, or a table; the value at its top */
/** @typedef {number[]} Pair a row and a column, or how many */

const NOT_A_NUMBER = 255; // index of a table's last colour
const ROOM = { number: 22, zero: 36, power: 46 }; // pixels of a cell for .52, for 0.52, and for 1e−3, which is 0 in a smaller one

/** By kind, base64 of `ui.colours.table`: `ui.components.script` puts them here. @type {Record<string, string>} */
const ENCODED = {};

/** Bytes from black to a colour: 256 times red, green, blue. @param {number[]} colour @returns {Uint8Array} */
export const shades = (colour) => Uint8Array.from({ length: 768 }, (_, k) => Math.round((colour[k % 3] * Math.floor(k / 3)) / 255));

/** By kind, 256 times red, green, blue; "grey" is for bytes as they are. @type {Record<string, Uint8Array>} */
export const TABLES = { grey: shades([255, 255, 255]) };
for (const [kind, text] of Object.entries(ENCODED)) TABLES[kind] = bytes(text);

/** @param {Scale} scale */
const tableOf = ({ kind, table }) => table ?? TABLES[kind];

/** A value's place in the table of its scale, as `ui.colours.to_index`. @param {number} value @param {Scale} scale */
export function indexOf(value, { kind, limit }) {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const lowest = kind === "diverging" ? -limit : 0;
  const zero = kind === "diverging" ? 0.5 : 0;
  const place = 254 * (limit > 0 ? (clamp(value, lowest, limit) - lowest) / (limit - lowest) : zero);
  return place % 1 === 0.5 ? 2 * Math.round(place / 2) : Math.round(place); // a half to the even one, as NumPy
}

const light = (byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4);

/** Black or white, whichever reads better on a colour, as `ui.colours.text_on`. @param {Iterable<number>} colour red, green, blue */
export function textOn([red, green, blue]) {
  return 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue) > 0.179 ? "#000" : "#fff";
}

const entry = (table, index) => table.subarray(3 * index, 3 * index + 3);

/** A value's colour, and that of text on it. @param {number} value @param {Scale} scale */
export function coloursOf(value, scale) {
  const colour = entry(tableOf(scale), indexOf(value, scale));
  return [css(colour), textOn(colour)];
}

/** A number that fits into a cell of so many pixels. @param {number} value @param {number} pixels */
export function inCell(value, pixels) {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  const isFar = size >= 1000 || (size > 0 && size < 0.005 && pixels >= ROOM.power);
  const text = minus(isFar ? value.toExponential(0).replace("+", "") : `${+value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)}`);
  return pixels >= ROOM.zero ? text : text.replace(/^(−?)0\./, "$1.");
}

/** Whether numbers fit into cells of so many pixels. @param {number} pixels */
export const hasRoom = (pixels) => pixels >= ROOM.number;

/** A canvas's context, set for numbers in the middle of cells. @param {HTMLCanvasElement} canvas @param {number} pixels of the font */
export function forNumbers(canvas, pixels) {
  const font = `${pixels}px ${getComputedStyle(canvas).fontFamily}`;
  return Object.assign(canvas.getContext("2d"), { font, textAlign: "center", textBaseline: "middle" });
}

/**
 * Paint places in a table, a pixel of the canvas each.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {Uint8Array} index @param {number} columns @param {Uint8Array} table
 */
export function paintIndex(canvas, index, columns, table) {
  const picture = new ImageData(columns, Math.ceil(index.length / columns));
  index.forEach((value, k) => picture.data.set([...entry(table, value), 255], 4 * k));
  Object.assign(canvas, { width: picture.width, height: picture.height });
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(picture, 0, 0);
}

/**
 * Paint values, a pixel of the canvas each.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {Float32Array} values @param {number} columns @param {Scale} scale
 */
export function paint(canvas, values, columns, scale) {
  paintIndex(canvas, Uint8Array.from(values, (value) => indexOf(value, scale)), columns, tableOf(scale));
}

/** The width, in CSS pixels, of a picture whose cells are whole pixels of the screen. @param {number} columns @param {number} room */
export const wholeCells = (columns, room) => (columns * Math.max(1, Math.floor((room * devicePixelRatio) / columns))) / devicePixelRatio;

/**
 * Paint values large, `width` CSS pixels wide, with their numbers where there is room; opacity 0 leaves a cell out.
 * @param {HTMLCanvasElement} canvas @param {number} width
 * @param {{values: Float32Array, columns: number, scale: Scale, opacity?: (k: number) => number, hasNumbers?: boolean}} picture
 */
export function paintLarge(canvas, width, { values, columns, scale, opacity, hasNumbers = hasRoom(width / columns) }) {
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round((canvas.width * Math.ceil(values.length / columns)) / columns);
  const cell = canvas.width / columns;
  const context = forNumbers(canvas, clamp(0.36 * cell, 9 * devicePixelRatio, 18 * devicePixelRatio));
  values.forEach((value, k) => {
    const [left, top] = [(k % columns) * cell, Math.floor(k / columns) * cell];
    const [x, y] = [Math.round(left), Math.round(top)];
    const [background, text] = coloursOf(value, scale);
    context.globalAlpha = opacity?.(k) ?? 1;
    context.fillStyle = background;
    context.fillRect(x, y, Math.round(left + cell) - x, Math.round(top + cell) - y);
    context.fillStyle = text;
    if (hasNumbers) context.fillText(inCell(value, width / columns), left + cell / 2, top + cell / 2, 0.95 * cell);
  });
}

/** Mark a rectangle of a canvas, on any ground. @param {CanvasRenderingContext2D} context @param {number[]} box left, top, width, height */
export function markBox(context, [left, top, width, height], colour = "#fff") {
  for (const [strokeStyle, lineWidth] of [["#000", 4.5], [colour, 2]]) {
    Object.assign(context, { strokeStyle, lineWidth });
    context.strokeRect(left, top, width, height);
  }
}

/** What a `.legend` holds: a scale's colours, its least and its largest value. @param {Scale} scale @param {string} [top] in words */
export function legend(scale, top = short(scale.limit)) {
  const signed = scale.kind === "diverging";
  const stops = Array.from({ length: 25 }, (_, k) => css(entry(tableOf(scale), Math.round((254 * k) / 24))));
  return `<i class="scale" style="background: linear-gradient(90deg, ${stops})"></i><span class="low">${signed ? `-${top}` : "0"}</span>
    <span class="middle">${signed ? "0" : ""}</span><span class="high">${signed ? "+" : ""}${top}</span>`;
}

/**
 * The cell under a pointer, in a raster that fills a box; the nearest one for a pointer outside.
 * @param {{left: number, top: number, width: number, height: number}} box @param {{clientX: number, clientY: number}} pointer
 * @param {number} rows @param {number} columns @returns {Pair}
 */
export function cellAt(box, { clientX, clientY }, rows, columns) {
  const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  return within([Math.floor(y * rows), Math.floor(x * columns)], rows, columns);
}

/** The nearest place inside a raster. @param {Pair} place @param {number} rows @param {number} columns @returns {Pair} */
export const within = ([row, column], rows, columns) => [clamp(row, 0, rows - 1), clamp(column, 0, columns - 1)];

/**
 * Lay an element over cells of a raster that fills its parent.
 * @param {any} element @param {Pair} place @param {Pair} raster @param {Pair} [size]
 */
export function layOver(element, [row, column], [rows, columns], [height, width] = [1, 1]) {
  const [left, top] = [`${(100 * column) / columns}%`, `${(100 * row) / rows}%`];
  Object.assign(element.style, { left, top, width: `${(100 * width) / columns}%`, height: `${(100 * height) / rows}%` });
}
