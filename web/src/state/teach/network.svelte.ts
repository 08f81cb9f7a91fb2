// The second step: the presets for these galaxies, the recipe as it is being edited, what the core says of it, and how long
// an epoch takes here. Going back to the galaxies loses no edit.
import type { DataSummary, EpochTime, RecipeCard, RecipeCheck, TargetKind } from '../../engine/protocol';
import { parseRecipe, refit, type Recipe } from '../../galaxy/recipe';
import { className } from '../../galaxy/words';
import { ask, reason, wasCancelled } from './ask';

class Network {
  cards = $state.raw<RecipeCard[]>([]);
  recipe = $state.raw<Recipe | null>(null);
  check = $state.raw<RecipeCheck | null>(null);
  time = $state.raw<EpochTime | null>(null);
  timing = $state(false);
  times = $state.raw<Record<string, EpochTime>>({}); // of presets as they are, measured so far
  message = $state('');
  edited = $state(false); // differs from its preset
  past = $state.raw<Recipe[]>([]); // for undo
  #data: DataSummary | null = null;
  #madeFor: { outputs: number; targetKind: TargetKind } = { outputs: 0, targetKind: 'classes' };
  #checking = 0;
  #stop = new AbortController();
  #presets = new Map<string, string>(); // text of each, for these outputs

  readonly text = $derived(this.recipe ? JSON.stringify(this.recipe) : null);
  readonly good = $derived(this.check?.good === true);
  /** What people call it; of somebody's own recipe, its name. */
  readonly title = $derived(
    this.cards.find(({ name }) => name === this.recipe?.name)?.title ?? className(this.recipe?.name ?? 'network'),
  );
  readonly words = $derived(this.recipe ? `${this.title}${this.edited ? ', changed' : ''}` : '');

  /** The galaxies are these now: presets for them, and a recipe that fits. */
  async suit(data: DataSummary): Promise<void> {
    const { outputs, targetKind } = data;
    if (this.#data?.id !== data.id) this.#forgetTimes();
    this.#data = data;
    try {
      this.cards = await ask('recipes', { outputs, targetKind });
      this.#presets.clear();
      const made = this.#madeFor;
      this.#madeFor = { outputs: outputs.length, targetKind };
      const keep = this.recipe && made.targetKind === targetKind && (this.edited || made.outputs === outputs.length);
      if (this.recipe && keep) this.edit(refit(this.recipe, made.outputs, outputs.length), false);
      else await this.choose(this.#favourite(data));
    } catch (error) {
      this.message = reason(error);
    }
  }

  async choose(name: string): Promise<void> {
    try {
      const recipe = parseRecipe(await this.preset(name));
      this.past = this.recipe && this.edited ? [...this.past, this.recipe] : [];
      this.edited = false;
      this.edit(recipe, false);
      this.time = this.times[name] ?? null;
    } catch (error) {
      this.message = reason(error);
    }
  }

  async preset(name: string): Promise<string> {
    const known = this.#presets.get(name);
    if (known !== undefined || !this.#data) return known ?? '';
    const { outputs, targetKind } = this.#data;
    const text = await ask('recipe', { name, outputs, targetKind });
    this.#presets.set(name, text);
    return text;
  }

  /** A person's change: can be undone. The core looks at it at once. */
  change(recipe: Recipe): void {
    if (this.recipe) this.past = [...this.past.slice(-49), this.recipe];
    this.edited = true;
    this.edit(recipe);
  }

  /** A recipe from somebody else's link; galaxies that come later find it here. */
  take(recipe: Recipe, madeFor: { outputs: number; targetKind: TargetKind }): void {
    const now = this.#data ? { outputs: this.#data.outputs.length, targetKind: this.#data.targetKind } : madeFor;
    this.#madeFor = now;
    this.edited = true;
    this.edit(refit(recipe, madeFor.outputs, now.outputs));
  }

  undo(): void {
    const recipe = this.past.at(-1);
    if (!recipe) return;
    this.past = this.past.slice(0, -1);
    this.edit(recipe);
  }

  edit(recipe: Recipe, forgetTime = true): void {
    this.#stop.abort();
    this.recipe = recipe;
    this.message = '';
    if (forgetTime) this.time = null;
    void this.#look();
  }

  /** A few real steps of the real network on this machine. */
  async measure(): Promise<void> {
    const data = this.#data;
    const recipe = this.text;
    const name = this.edited ? null : this.recipe?.name;
    if (!data || recipe === null || !this.good || this.timing) return;
    this.#stop = new AbortController();
    this.timing = true;
    try {
      const time = await ask('timeEpoch', { data: data.id, recipe }, { signal: this.#stop.signal });
      if (recipe === this.text) this.time = time;
      if (name) this.times = { ...this.times, [name]: time };
    } catch (error) {
      if (!wasCancelled(error) && recipe === this.text) this.message = reason(error);
    } finally {
      this.timing = false;
    }
  }

  stopMeasuring(): void {
    this.#stop.abort();
  }

  // Only the answer to the newest question counts.
  async #look(): Promise<void> {
    const asked = ++this.#checking;
    const { text } = this;
    if (text === null || !this.#data) return;
    try {
      const check = await ask('checkRecipe', { recipe: text, outputs: this.#data.outputs });
      if (asked === this.#checking) this.check = check;
    } catch (error) {
      if (asked === this.#checking) this.check = { good: false, layer: null, message: reason(error) };
    }
  }

  #forgetTimes(): void {
    this.time = null;
    this.times = {};
  }

  #favourite(data: DataSummary): string {
    const wanted = { classes: 'first-light', fractions: 'convnet-tuned', votes: 'galaxy-resnet' }[data.targetKind];
    const suits = this.cards.filter((card) => card.suits);
    return (suits.find((card) => card.name === wanted) ?? suits[0])?.name ?? wanted;
  }
}

export const network = new Network();
