// What a file's name tells: is it meant to be a picture, an archive, or something of the operating system's.

export const isPicture = (name: string) => /\.(jpe?g|png)$/i.test(name);
export const isArchive = (name: string, type = '') => /\.zip$/i.test(name) || type === 'application/zip';
export const isHidden = (name: string) => name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
export const baseName = (name: string) => name.slice(name.lastIndexOf('/') + 1);
