// What Python sends, by component. Its functions, in each component's `__init__.py`, say what the arguments mean.

/** An array as base64 of little-endian float32, row by row. */
type Floats = string;
/** The same of uint8. */
type Bytes = string;
/** The same of int32. */
type Integers = string;
/** null: not a number. */
type Value = number | null;
/** As CSS writes it: "#RRGGBB". */
type Colour = string;
/** Row and column, or height and width. */
type Pair = [number, number];
/** A kind of `ui.colours`, and the value at its top. */
type Scale = { kind: string; limit: number };

export interface Architecture {
  layers: {
    name: string;
    settings: string;
    output_shape: number[] | null; // null: unknown
    parameters: number | null;
    colour: Colour;
    problem: string | null; // why it does not fit
  }[];
  selected: number | null;
  first: number; // that can be moved
  palette: { name: string; words: string; colour: Colour }[]; // kinds of layers that can be added
  full: boolean;
}

export interface Cells {
  start: Bytes; // 28 x 28, ink towards 255
  size: number; // side in pixels
}

/** Without a run there is one matrix, of no stage. */
export interface Confusion {
  run: string | null;
  steps: number[];
  counts: Integers; // stages, 10, 10
  colour: Colour;
  selected: Pair | null;
}

export interface Curves {
  batch: Floats[]; // steps and series
  mean: Floats[]; // of each bucket of batches
  epoch: Floats[];
  bucketSize: number;
  totalSteps: number;
  batchesPerEpoch: number;
  height: number;
  id: string | null; // of the run whose stage is shown
  marks: [number, string][];
  colours: object;
}

export interface Descent {
  first: Floats; // axes of the surface
  second: Floats;
  losses: Floats;
  index: Bytes; // the surface's colours
  paths: Floats; // balls, steps + 1, 2
  pathLosses: Floats;
  pathAccuracies: Floats;
  steps: number;
  best: [number, number, number];
  inputs: Floats; // digits, 2
  targets: Floats;
  names: string[];
  looks: [string, Colour, string][]; // letter, colour, dashes
}

export interface Diagram {
  svg: string;
  fileName: string;
}

export interface Digits {
  run: string;
  steps: number[];
  readAs: Bytes; // stages, digits
  sureness: Bytes; // the same, in shades
  images: Bytes;
  labels: number[];
  own: { picture: Bytes; steps: number[]; readAs: Bytes; sureness: Bytes } | null; // one's own drawing
  shades: number;
  numShown: number;
  marks: [string, string]; // of right and wrong
  colours: [Colour, Colour];
}

export interface Dropped {
  count: number; // units
  rate: number;
  values: Floats;
  limit: number; // of their colours
  totals: Floats;
  scores: Floats;
  probabilities: Floats;
  passes: number;
  classes: number;
  colours: Record<string, Colour>;
  seed: number;
}

export interface Flat {
  shape: [number, number, number]; // height, width, channels
  line: Bytes;
}

export interface Frames {
  runId: string;
  steps: number[];
  groups: {
    title: string;
    note: string;
    kind: string;
    shape: number[]; // stages, pictures, height, width
    index: Bytes;
    limit: number;
  }[];
  size: number;
  name: string;
}

export interface Gallery {
  items: { png: string; title: string; note: string; large: boolean; struck: string }[];
  describe: string;
  size: number;
  arrows: boolean;
  choose: string; // what a click does
}

export interface Heat {
  cells: { state: string; text: string; words: string; share: number | null }[][];
  rows: [string, string[]]; // what they are, and their labels
  columns: [string, string[]];
  scale: [string, string];
  selected: Pair | null;
}

export interface Linked {
  panels: (Scale & { title: string; shape: Pair; values: Floats; note: string; isOutlined: boolean })[];
  ink: { shape: Pair; values: Floats } | null;
  size: number;
  describe: string;
}

export interface Maps {
  shape: [number, number, number]; // maps, height, width
  values: Floats;
  ranges: Floats; // least and largest of each map
  limits: number[];
  titles: string[];
  kind: string;
  scale: "layer" | "map";
  selected: number | null;
  report: boolean;
  enlarge: boolean;
  size: number;
  describe: string;
}

export interface Mixer {
  presets: [string, number[]][]; // names and pixels
  start: number[];
}

export interface Neuron {
  inputs: Floats;
  kernel: Floats; // units, inputs
  bias: Floats;
  sums: Floats;
  partial: Floats; // sums so far: units, inputs
  outputs: Floats;
  labels: string[]; // of the units
  activation: string;
  selected: number;
  colours: Record<string, Colour>;
}

export interface OneHot {
  probabilities: Floats;
  costs: Floats;
  rows: number[][]; // one-hot
  label: number;
  curve: [Floats, Floats]; // probabilities and costs
  colours: object;
}

interface Spreading {
  counts: Integers;
  low: number;
  high: number;
  numValues: number;
  numZeros: number;
  numNan: number;
  numInfinite: number;
}

export interface Overview {
  columns: {
    layer: number;
    name: string;
    settings: string;
    colour: Colour;
    passes?: boolean;
    shape?: [number, number, number];
    isVector?: boolean;
    order?: number[]; // units, the strongest first
    values?: Floats; // of the units in this order
    kind?: string;
    limit?: number;
    limits?: Floats;
    marks?: Record<string, { count: number; units: number[] }>;
    spread?: Spreading;
    weights?: Spreading | null;
    source?: number | null;
    strongest?: { sources: Integers; amounts: Floats; rest: Floats } | null;
    bias?: Floats | null;
  }[];
  networkLimit: number;
  numSampled: number;
  winner: number;
}

export interface Pixels {
  name: string;
  shape: [number, number, number];
  pixels: Bytes;
  scales: [string, Floats][];
  describe: string;
}

export interface Probabilities {
  values: Value[] | null;
  labels: string[];
  title: string | null;
  hint: string;
  colours: Colour[];
}

export interface Reading {
  runId: string;
  steps: number[];
  labels: string[];
  probabilities: Floats; // stages, 10
  picture: string; // base64 of a PNG
  name: string;
  expected: number | null;
  marks: [string, string]; // of right and wrong
  colours: [Colour, Colour, Colour]; // top, rest, wrong
}

export interface Scatter {
  describe: string;
  frames: string[];
  shape: number[]; // frames, points, dimensions
  places: Floats;
  reach: number[]; // how far they reach from 0 on each axis
  labels: Bytes;
  read: Bytes; // frames, points
  names: string[];
  marked: number; // how many of the last points are one's own
  sheet: string; // of pictures, base64 of a PNG
  columns: number;
  colours: Colour[];
  onColours: Colour[];
}

export interface Sizes {
  runId: string;
  layers: [string, Colour][];
  columns: { title: string; steps: number[]; values: Floats; isShare: boolean }[]; // values: stages, layers
  accent: Colour;
}

export interface Softmax {
  logits: number[];
  reach: number;
  name: string;
  trueClass: number;
  colours: object;
}

export interface Split {
  parts: { name: string; which: string; counts: number[]; colour: Colour }[]; // counts: of each digit
  describe: string;
}

export interface Spread {
  places: number[];
  names: string[] | null;
  axis: string;
  value: string;
  height: number;
  variants: {
    name: string;
    colour: Colour;
    dash: string;
    runs: Floats[];
    summary: Floats[]; // the mean, the least and the most
  }[];
}

export interface Stacks {
  layers: {
    name: string;
    colour: Colour;
    kind: string;
    isVector: boolean;
    size: number[];
    shape: [number, number, number]; // planes, height, width
    index: Bytes;
    tops: number[]; // each plane's largest value
  }[];
}

export interface Sweep {
  shape: number[]; // steps, height, width
  images: Bytes;
  probabilities: Floats; // steps, 10
  labels: string[];
  start: number;
  expected: number;
  describe: string;
  ends: [string, string];
  colours: (Colour | null)[];
  onColours: Colour[];
}

export interface Timeline {
  runId: string;
  steps: number[];
  labels: string[];
  batchesPerEpoch: number;
  isLive: boolean;
}

export interface Trace {
  operation: "convolution" | "dense" | "mean" | "maximum" | "normalisation" | "copy" | "pixel";
  before: Value;
  after: Value;
  bias: Value;
  constants: Record<string, Value>;
  winner: number[] | null; // its place in the window
  position: number[];
  path: { name: string; value: Value; colour: Colour }[];
  title: string;
  note: string;
  digit: Floats;
  square: [number, number, number, number]; // top, left, bottom, right
  thisMap: Floats | null;
  thisShape: Pair | [];
  thisScale: Scale | null;
  activation: string;
  inputNames: string[];
  unitNames: string[];
  inputs: Floats | Value[];
  weights?: Floats | Value[];
  products?: Floats | Value[];
  shape?: number[];
  side?: number;
  count?: number;
  padding?: Bytes;
  sums?: Value[];
  rest?: Value[];
  order?: number[];
  total?: Value;
  scales?: Record<"inputs" | "weights" | "products", Scale>;
  logits: Value[] | null;
  exponentials?: Value[];
  shares?: Value[];
  exponentialSum?: Value;
}

export interface Window {
  mode: "convolution" | "pooling" | "field";
  describe: string;
  side: number;
  strides: number;
  dilation: number;
  border: [number, number, number, number]; // top, left, bottom, right: its zeros
  start: number; // the cell that is shown first
  widest: number;
  rows: number;
  columns: number;
  inputRows: number;
  inputColumns: number;
  inputs: Floats[]; // planes, with the border
  planes: { title: string; scale: Scale | { colour: number[]; limit: number } }[];
  outputs: { title: string; values: Floats; scale: Scale }[];
  winners?: Floats; // places in the window
  kernel?: Floats;
  before?: Floats;
  sums?: Floats;
  bias?: number;
  activation?: string;
  weights?: Scale;
  products?: Scale;
}
