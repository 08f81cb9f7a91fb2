// Dark or light: as the system says, until somebody chooses. The choice is kept in this browser.

export type Theme = 'dark' | 'light';
const storageKey = 'pinwheel-theme';

const stored = (): Theme | null => {
  try {
    const value = localStorage.getItem(storageKey);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null; // storage may be forbidden
  }
};

class ThemeChoice {
  #system = matchMedia('(prefers-color-scheme: light)');
  #chosen = $state<Theme | null>(stored());
  #systemLight = $state(this.#system.matches);

  constructor() {
    this.#system.addEventListener('change', (event) => {
      this.#systemLight = event.matches;
    });
    this.#show();
  }

  get current(): Theme {
    return this.#chosen ?? (this.#systemLight ? 'light' : 'dark');
  }

  toggle(): void {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark';
    this.#show();
    try {
      localStorage.setItem(storageKey, this.#chosen);
    } catch {
      return; // then it holds for this visit
    }
  }

  #show(): void {
    if (this.#chosen) document.documentElement.dataset.theme = this.#chosen;
  }
}

export const theme = new ThemeChoice();
