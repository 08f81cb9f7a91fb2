// node load_engine.mjs …/pinwheel.mjs: does the module start, with its threads, and does it export the Engine?
import { pathToFileURL } from 'node:url';

const { default: create } = await import(pathToFileURL(process.argv[2]).href);
const module = await create();
if (typeof module.Engine !== 'function') throw new Error('the module has no Engine');
console.log('loaded');
// Waiting workers would keep the process alive.
process.exit(0);
