// Galaxies to learn from. A data set lives in the worker: decoded and resized once, kept 8-bit; the page holds its id and
// summary, and asks for slices. Files cross as Blobs, which are handles: nothing is copied until it is read.
import type { NamedFile, Picture } from './look';

export type DataId = string;
export type TargetKind = 'classes' | 'fractions' | 'votes';
export interface Size {
  height: number;
  width: number;
  channels: number; // 1 grey, 3 colour
}

/** One per unusable file, and one per thing about the whole set that a person should know. */
export interface Problem {
  file: string; // '' when it is about the whole set
  reason: string;
}
export interface DataSummary {
  id: DataId;
  name: string; // of the dropped folder or file, "your classes", "rendered galaxies"
  count: number;
  targetKind: TargetKind;
  outputs: string[]; // class names, or the 37 columns
  counts: number[]; // galaxies per output; for fractions and votes: whose largest answer to its question it is
  labels: Int16Array<ArrayBuffer> | null; // class of each example, in order; null for fractions and votes
  stored: Size;
  bytes: number; // of the 8-bit store
  problems: Problem[]; // at most 200, the rest is in `problemCount`
  problemCount: number;
  editable: boolean; // classes, so that changeData works
  origin: 'files' | 'classes' | 'rendered' | 'stored'; // 'stored': restored from the browser, cannot be read at another size
  example: string; // one galaxy's name, to show how they are called
}

/** Said instead of loading something that would not fit. Accept one by asking again with its `limits`. */
export interface Offer {
  fits: false;
  sentence: string; // "60,000 galaxies at 64x64 in colour need 740 MB; …"
  needBytes: number;
  limitBytes: number;
  choices: { words: string; limits: Limits }[]; // e.g. "48x48 pixels, all of them", "41,000 of them, drawn by chance"
}
export interface Limits {
  size?: number; // stored pixels a side, if smaller than asked for
  most?: number; // at most so many galaxies, the same ones each time
}
export type Opened = { fits: true; data: DataSummary } | Offer;

/** What dropped files should become; everything has a default. */
export interface OpenOptions {
  target?: TargetKind; // default: votes or fractions when there are such columns, else classes
  labelColumn?: string; // of the CSV
  size?: number; // stored pixels a side while no recipe is chosen: 64
  limits?: Limits;
}
/** A rendered sky: the same seed gives the same galaxies everywhere. */
export interface SkySpec {
  kinds: string[]; // of Loaded.kinds; each is a class
  count: number; // of all together
  balance: number; // 1: as many of each; 0.5: each class half as many as the one before it
  noise: number; // 1 = like SDSS
  size: number; // stored pixels a side
  seed: number;
  target?: TargetKind; // default: classes; else the 37 answers, which are known for sure
  limits?: Limits;
}
/** `target: 'fractions'` is not for these: hand-made classes have names. */
export interface HandMade {
  name: string;
  files: NamedFile[];
}
export type Change =
  | { do: 'add'; to: string; files: NamedFile[] } // to a class, made when it is new
  | { do: 'remove'; examples: number[] }
  | { do: 'move'; examples: number[]; to: string }
  | { do: 'rename'; from: string; to: string } // to an existing name: the two become one
  | { do: 'add_class'; name: string }
  | { do: 'remove_class'; name: string };

/** Told several times a second while files are read. */
export interface LoadProgress {
  phase: 'listing' | 'reading' | 'rendering' | 'saving';
  done: number;
  total: number; // 0 while unknown
  secondsLeft: number | null; // null until it can be told
}

export interface Thumbnails {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>; // one picture below the other: [examples, height, width, 4]
  names: string[];
}
/** One stage of what happens to a galaxy before the network sees it. */
export interface Stage {
  words: string; // "the central 256 x 256 pixels"
  picture: Picture;
}
export interface MemoryEstimate {
  fits: boolean;
  storeBytes: number; // the galaxies at the recipe's size
  trainingBytes: number; // network, optimiser and one batch
  limitBytes: number;
  sentence: string;
  offer: Offer | null; // when it does not fit; pass its `limits` to train()
}

// Indices of examples count from 0 and change when examples are removed: take them from the newest summary.
export interface DataRequests {
  /** Folder entries (with their paths as names), zip, npz, HDF5, pickle, CSV beside pictures: told by content. */
  openFiles: { name: string; files: NamedFile[]; options?: OpenOptions };
  openClasses: { classes: HandMade[]; options?: OpenOptions };
  renderSky: SkySpec;
  changeData: { data: DataId; change: Change };
  describeData: { data: DataId };
  thumbnails: { data: DataId; examples: number[] };
  /** The original at full size (or as stored, when there is no original any more). */
  original: { data: DataId; example: number };
  stages: { data: DataId; example: number; recipe: string };
  /** Random views of one galaxy, as the recipe's augmentation makes them. */
  views: { data: DataId; example: number; recipe: string; count: number; seed: number };
  memory: { data: DataId; recipe: string };
  closeData: { data: DataId };
}
export interface DataResponses {
  openFiles: Opened;
  openClasses: Opened;
  renderSky: Opened;
  changeData: DataSummary;
  describeData: DataSummary;
  thumbnails: Thumbnails;
  original: { name: string; picture: Picture };
  stages: Stage[];
  views: Picture[];
  memory: MemoryEstimate;
  closeData: null;
}
export interface DataProgress {
  openFiles: LoadProgress;
  openClasses: LoadProgress;
  renderSky: LoadProgress;
  changeData: LoadProgress;
}
