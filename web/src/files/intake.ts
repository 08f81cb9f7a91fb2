// Files as people hand them over: chosen, dropped (folders too) or pasted. Ends where the bytes begin: nothing is read here.
import { isArchive, isHidden, isPicture } from './names';
import type { NamedFile } from '../engine/protocol';

export interface Intake {
  files: NamedFile[]; // pictures, or what somebody chose by hand and may believe to be one
  archives: NamedFile[];
  leftOut: number; // files in folders that are no pictures
}

const inOrder = new Intl.Collator('en', { numeric: true });
export const mostFiles = 100_000;

/** `chosen`: somebody pointed at these very files, so even a strange one deserves an answer. */
export function sortOut(found: Iterable<NamedFile>, chosen: (file: NamedFile) => boolean): Intake {
  const intake: Intake = { files: [], archives: [], leftOut: 0 };
  for (const file of found) {
    if (isArchive(file.name, file.file.type)) intake.archives.push(file);
    else if (chosen(file) || (isPicture(file.name) && !isHidden(file.name))) intake.files.push(file);
    else if (!isHidden(file.name)) intake.leftOut += 1;
  }
  return intake;
}

const ownFile = (file: NamedFile) => !file.name.includes('/');
export const filesOfList = (list: Iterable<File>): NamedFile[] =>
  Array.from(list, (file) => ({ name: file.webkitRelativePath || file.name, file }));

export const fromFileList = (list: Iterable<File>): Intake => sortOut(filesOfList(list), ownFile);

const readEntries = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve) => {
    reader.readEntries(resolve, () => {
      resolve([]);
    });
  });

async function walk(entry: FileSystemEntry, found: NamedFile[]): Promise<void> {
  if (found.length >= mostFiles) return;
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) => {
      (entry as FileSystemFileEntry).file(resolve, () => {
        resolve(null);
      });
    });
    if (file) found.push({ name: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (let some = await readEntries(reader); some.length > 0; some = await readEntries(reader)) {
    for (const child of some) await walk(child, found);
  }
}

/**
 * Everything that was dropped, folders walked through, in the order of names. Must be called inside the drop's event
 * handler: the browser forgets the list right after.
 */
export async function filesOfDrop(data: DataTransfer): Promise<NamedFile[]> {
  const entries = Array.from(data.items, (item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const known = entries.filter((entry) => entry !== null);
  if (known.length === 0) return filesOfList(data.files);
  const found: NamedFile[] = [];
  for (const entry of known) {
    const own: NamedFile[] = [];
    await walk(entry, own);
    found.push(...(entry.isDirectory ? own.sort((a, b) => inOrder.compare(a.name, b.name)) : own));
  }
  return found;
}

export const fromDrop = async (data: DataTransfer): Promise<Intake> => sortOut(await filesOfDrop(data), ownFile);

export function fromPaste(data: DataTransfer): Intake {
  const files = Array.from(data.files);
  return fromFileList(files.map((file) => (file.name === 'image.png' ? new File([file], 'pasted.png', file) : file)));
}
