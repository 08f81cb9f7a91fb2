// The page starts here, before its styles and even before its body is read (the script is async): the engine and its model
// are sent for first, so that they come while everything that is drawn (page.ts) is still on its way. ?bench starts no
// engine beside those that it measures.
import { startEngine } from './engine/engine';
import { wantedEngine, wantsBench } from './state/address';

const measures = wantsBench(location.search);
const engine = measures ? null : startEngine(wantedEngine(location.search));
const body = new Promise((resolve) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', resolve, { once: true });
  else resolve(null);
});
void Promise.all([import('./page'), body]).then(([{ show, showBench }]) => {
  if (measures) void showBench();
  else show(engine);
});
