import { describe, expect, it } from 'vitest';
import { fromFileList, sortOut } from './intake';

const file = (name: string, type = '') => new File(['x'], name, { type });
const named = (name: string) => ({ name, file: new Blob(['x']) });

describe('the intake', () => {
  it('parts pictures from archives', () => {
    const { files, archives } = fromFileList([file('a.png'), file('b.JPG'), file('c.zip')]);
    expect(files.map((f) => f.name)).toEqual(['a.png', 'b.JPG']);
    expect(archives.map((f) => f.name)).toEqual(['c.zip']);
  });

  it('keeps a strange file that was chosen by hand, so that it gets an answer', () => {
    expect(fromFileList([file('notes.txt')]).files).toHaveLength(1);
  });

  it('takes only pictures out of a folder and counts the rest', () => {
    const found = ['g/a.png', 'g/readme.md', 'g/.DS_Store', '__MACOSX/g/a.png'].map(named);
    const { files, leftOut } = sortOut(found, (f) => !f.name.includes('/'));
    expect(files.map((f) => f.name)).toEqual(['g/a.png']);
    expect(leftOut).toBe(1);
  });
});
