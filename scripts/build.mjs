// Bundles the program into dist/ (or the folder named) and keeps it compiled. Runs by itself after `npm ci` (prepare).
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const outdir = resolve(process.argv[2] ?? join(root, 'dist'))
rmSync(outdir, { recursive: true, force: true })
const shared = {
  absWorkingDir: root,
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
}
/** What is large and seldom wanted: a room that becomes a file of its own, loaded by import() when it is asked for. */
const apart = ['collect']
await build({
  ...shared,
  entryPoints: { main: 'src/cli/main.ts' },
  // Code that was kept compiled cannot import(), but it can require().
  supported: { 'dynamic-import': false },
  plugins: [
    {
      name: 'apart',
      setup(one) {
        one.onResolve({ filter: new RegExp(`/(${apart.join('|')})/index[.]ts$`) }, ({ path, kind }) =>
          kind === 'dynamic-import' ? { path: `./${path.split('/').at(-2)}.cjs`, external: true } : undefined,
        )
      },
    },
  ],
  // The whole file is one function, so that bin/nettrace.js can load it compiled.
  banner: { js: '(function (require, __filename) { const __url = require("node:url").pathToFileURL(__filename).href;' },
  footer: { js: '})' },
  define: { NETTRACE_VERSION: JSON.stringify(version), 'import.meta.url': '__url' },
})
await build({
  ...shared,
  entryPoints: Object.fromEntries(apart.map((room) => [room, `src/${room}/index.ts`])),
  // The packages' own words about their licences are in THIRD-PARTY-LICENSES.
})
// Without it the program only starts slower: a failure is shown and is not fatal.
spawnSync(process.execPath, ['scripts/keep-compiled.mjs', outdir], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
