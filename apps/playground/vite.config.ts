import { defineConfig } from 'vite';

// The page is served from its build by the playground's own server; there is no development server.
export default defineConfig({
  root: 'web',
  // Neighbours are read from their builds, as whoever installs them gets them.
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    sourcemap: true,
    // Says which file belongs to which module, for those who measure.
    manifest: true,
    // Everything is a file of its own: the policy of the page allows no `data:` and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
});
