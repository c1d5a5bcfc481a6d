// Answers a question with the fresh bundle and keeps what the engine compiled for it beside the bundle, as Node's own
// compile cache does. The engine checks by itself that program and version fit, and else compiles anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Script } from 'node:vm'

const [, , folder = 'dist'] = process.argv
const filename = join(folder, 'main.cjs')
const script = new Script(readFileSync(filename, 'utf8'), { filename })
const question = 'from eng-ws to stmlvision.file.core.windows.net:445 -t topologies/vision-plant.yaml'
process.on('exit', () => {
  writeFileSync(join(folder, 'main.compiled'), script.createCachedData())
  process.exitCode = 0
})
process.argv = [process.execPath, 'nettrace', ...question.split(' ')]
script.runInThisContext()(createRequire(resolve(filename)), filename)
