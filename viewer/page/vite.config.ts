import { defineConfig } from 'vite'

// Relative addresses, so that the page works at any path of any web server.
export default defineConfig({
  base: './',
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
