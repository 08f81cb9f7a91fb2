// Pictures out of a zip, read as a stream: only what is unpacked is held, never the whole archive at once. Anything that
// claims to be endless (too many files, too much when unpacked) is stopped at a limit and said so.
import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';
import { EngineError, type NamedFile, type Refused, type Requests, type Responses } from '../engine/protocol';
import { isHidden, isPicture } from '../files/names';
import type { Job } from './job';

export const limits = { files: 20_000, bytes: 2_000_000_000, oneFile: 256_000_000 };

class Unpacking {
  readonly files: NamedFile[] = [];
  readonly refused: Refused[] = [];
  #bytes = 0;
  #open = 0;
  #stopped: EngineError | null = null;

  constructor(private readonly archive: string) {}

  get finished(): boolean {
    return this.#open === 0;
  }

  readonly onFile = (entry: UnzipFile): void => {
    if (entry.name.endsWith('/') || isHidden(entry.name)) return;
    if (!isPicture(entry.name)) {
      this.refused.push({ name: entry.name, message: `${entry.name} is not a JPEG or PNG picture: it was left out.` });
      return;
    }
    if (this.files.length + this.#open >= limits.files) {
      this.#stop(`${this.archive} holds more than ${String(limits.files)} pictures: unpack it and choose a part.`);
      return;
    }
    this.#read(entry);
  };

  check(): void {
    if (this.#stopped) throw this.#stopped;
  }

  #read(entry: UnzipFile): void {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    this.#open += 1;
    entry.ondata = (error, data, final) => {
      if (error) {
        this.#open -= 1;
        this.refused.push({
          name: entry.name,
          message: `${entry.name} is damaged inside ${this.archive}: pack it again.`,
        });
        return;
      }
      size += data.length;
      this.#bytes += data.length;
      if (size > limits.oneFile)
        this.#stop(`${entry.name} in ${this.archive} is larger than 256 MB: take a smaller one.`);
      if (this.#bytes > limits.bytes) this.#stop(`${this.archive} holds more than 2 GB: unpack it and choose a part.`);
      if (this.#stopped) return entry.terminate();
      parts.push(data.slice());
      if (!final) return;
      this.#open -= 1;
      this.files.push({ name: entry.name, file: new Blob(parts) });
    };
    try {
      entry.start();
    } catch {
      this.#open -= 1;
      const message = `${entry.name} is packed in a way that Pinwheel cannot read: pack ${this.archive} as a plain zip.`;
      this.refused.push({ name: entry.name, message });
    }
  }

  #stop(message: string): void {
    this.#stopped ??= new EngineError('too_large', message);
  }
}

export async function unpack({ name, file }: Requests['unpack'], job: Job<'unpack'>): Promise<Responses['unpack']> {
  const unpacking = new Unpacking(name);
  const unzip = new Unzip(unpacking.onFile);
  unzip.register(UnzipInflate);
  const reader = file.stream().getReader();
  let read = 0;
  let broken = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (job.cancelled()) throw new EngineError('cancelled', 'Stopped.');
    read += value.length;
    broken = !pushed(unzip, value, read >= file.size);
    unpacking.check();
    if (broken) break;
    job.progress(read / Math.max(1, file.size));
  }
  const { files, refused } = unpacking;
  if (broken && files.length === 0) {
    throw new EngineError('bad_file', `${name} is not a zip file that can be read: download or pack it again.`);
  }
  if (broken || !unpacking.finished) {
    refused.push({ name, message: `${name} is cut off: its first ${String(files.length)} pictures are here.` });
  }
  if (files.length === 0 && refused.length === 0) {
    throw new EngineError('bad_file', `${name} holds no pictures: put JPEG or PNG files into it.`);
  }
  return { files, refused };
}

function pushed(unzip: Unzip, bytes: Uint8Array, final: boolean): boolean {
  try {
    unzip.push(bytes, final);
    return true;
  } catch {
    return false;
  }
}
