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
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  // The whole file is one function, so that bin/nettrace.js can load it compiled.
  banner: { js: '(function (require, __filename) { const __url = require("node:url").pathToFileURL(__filename).href;' },
  footer: { js: '})' },
  define: { NETTRACE_VERSION: JSON.stringify(version), 'import.meta.url': '__url' },
  logLevel: 'warning',
})
// Without it the program only starts slower: a failure is shown and is not fatal.
spawnSync(process.execPath, ['scripts/keep-compiled.mjs', outdir], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
