// The page starts here: the engine is sent for before anything is drawn, so that both come at once.
import '@fontsource-variable/figtree';
import { mount } from 'svelte';
import './app.css';
import App from './app.svelte';
import { startEngine } from './engine/engine';
import { parseOurs, wantedEngine } from './state/address';
import { session } from './state/session.svelte';

session.start(startEngine(wantedEngine(location.search)));
const ours = parseOurs(location.search);
if (!session.followAddress() && ours) void session.openOurs(ours, 'replace');

// In a task of its own: reading the code and building the page together would hold a slow machine up.
setTimeout(() => {
  const target = document.getElementById('app');
  if (target) mount(App, { target });
});
