// Hands a file to the person, as a download.
import type { NamedFile } from '../../engine/protocol';

export function saveAs({ name, file }: NamedFile): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
