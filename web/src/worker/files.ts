// The origin private file system, where this browser keeps what must outlive the tab. Written so that whoever dies in the
// middle leaves the old version: a new one is a new file, complete only with its last bytes, and then the old one goes.
// Two requests, or two tabs, may want the same file at the same moment: they take turns.
import { EngineError } from '../engine/protocol';
import { generationsOf, isSealed, nameOf, seal, sealBytes } from './generations';
import { holding } from './locks';

export type Path = readonly string[];

const noRoom = () =>
  new EngineError('storage', 'This browser gives no room to keep anything: free some disk, or leave private browsing.');

async function folder(path: Path, create: boolean): Promise<FileSystemDirectoryHandle | null> {
  try {
    let at = await navigator.storage.getDirectory();
    for (const part of path) at = await at.getDirectoryHandle(part, { create });
    return at;
  } catch (error) {
    if (!create && error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw noRoom();
  }
}

async function names(at: FileSystemDirectoryHandle): Promise<string[]> {
  const found: string[] = [];
  for await (const name of at.keys()) found.push(name);
  return found;
}

export async function list(path: Path): Promise<string[]> {
  const at = await folder(path, false);
  return at ? names(at) : [];
}

export async function remove(path: Path): Promise<void> {
  const at = await folder(path.slice(0, -1), false);
  await at?.removeEntry(path.at(-1) ?? '', { recursive: true }).catch(() => undefined);
}

const inTurn = <T>(path: Path, mode: LockMode, work: () => Promise<T>): Promise<T> =>
  holding(`pinwheel-file-${path.join('/')}`, mode, work);

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Puts `pieces` in place of what was there, all or nothing. */
export const write = (path: Path, pieces: Pieces): Promise<void> =>
  inTurn(path, 'exclusive', () => writeAlone(path, pieces));

async function writeAlone(path: Path, pieces: Pieces): Promise<void> {
  const at = await folder(path.slice(0, -1), true);
  const name = path.at(-1) ?? '';
  if (!at) throw noRoom();
  const old = generationsOf(name, await names(at));
  const fresh = nameOf(name, (old[0]?.generation ?? 0) + 1);
  try {
    const handle = await (await at.getFileHandle(fresh, { create: true })).createSyncAccessHandle();
    try {
      handle.truncate(0);
      let size = 0;
      for await (const piece of pieces) size += handle.write(piece as Uint8Array<ArrayBuffer>, { at: size });
      handle.write(seal(size), { at: size });
      handle.flush();
    } finally {
      handle.close();
    }
  } catch (error) {
    await at.removeEntry(fresh).catch(() => undefined);
    throw error instanceof EngineError ? error : noRoom();
  }
  for (const { file } of old) await at.removeEntry(file).catch(() => undefined);
}

/**
 * The newest complete version as a Blob (a handle, nothing is read yet); null when there is none. It can be read until
 * the next version is written: only whoever has the run in hand writes it.
 */
export const read = (path: Path): Promise<Blob | null> => inTurn(path, 'shared', () => newest(path));

async function newest(path: Path): Promise<Blob | null> {
  const at = await folder(path.slice(0, -1), false);
  if (!at) return null;
  for (const { file } of generationsOf(path.at(-1) ?? '', await names(at))) {
    const blob = await (await at.getFileHandle(file)).getFile();
    const size = blob.size - sealBytes;
    if (size >= 0 && isSealed(new Uint8Array(await blob.slice(size).arrayBuffer()), size)) return blob.slice(0, size);
  }
  return null;
}

const encoder = new TextEncoder();
export const writeJson = (path: Path, value: unknown) => write(path, [encoder.encode(JSON.stringify(value))]);

export async function readJson<T>(path: Path): Promise<T | null> {
  const text = await inTurn(path, 'shared', async () => (await newest(path))?.text() ?? null);
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
