// Tells the browser in the page's first kilobyte what it will need: the page's own code and styles, which main.ts imports
// only after it has sent for the engine, and the model, which is the same for every engine.
import type { HtmlTagDescriptor, Plugin } from 'vite';

const link = (attrs: Record<string, string | boolean>): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { ...attrs, crossorigin: true },
  injectTo: 'head',
});

export function fetchEarly(entry: string, files: () => string[]): Plugin {
  return {
    name: 'pinwheel-fetch-early',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(entry));
        if (!page) return html; // in development everything comes as it is asked for
        const shared = chunks.filter((chunk) => !chunk.isEntry && page.imports.includes(chunk.fileName));
        const styles = [...(page.viteMetadata?.importedCss ?? [])];
        return {
          html,
          tags: [
            ...[page, ...shared].map(({ fileName }) => link({ rel: 'modulepreload', href: `./${fileName}` })),
            ...styles.map((style) => link({ rel: 'stylesheet', href: `./${style}` })),
            // Behind the engine, which has to be compiled and takes longer to get going.
            ...files().map((file) => link({ rel: 'preload', as: 'fetch', fetchpriority: 'low', href: `./${file}` })),
          ],
        };
      },
    },
  };
}
