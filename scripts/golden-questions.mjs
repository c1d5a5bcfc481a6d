// Asks the built program the golden questions under each supported Node and compares the answers byte for byte.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname
const golden = join(root, 'test/golden')
const nodes = [process.execPath, ...['22', '24'].map(nodeOfNpm)]
let failed = 0
for (const node of nodes) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const questions = readdirSync(golden).filter((name) => name.endsWith('.args'))
  for (const name of questions) {
    const words = readFileSync(join(golden, name), 'utf8').trim().split('\n')
    const wanted = readFileSync(join(golden, name.replace(/[.]args$/, '.txt')), 'utf8')
    const answer = spawnSync(node, ['bin/nettrace.js', ...words], { cwd: root, encoding: 'utf8' })
    if (`${answer.stdout}exit ${answer.status}\n` === wanted) continue
    failed++
    console.error(`node ${version} answers ${name} differently:\n${answer.stdout}${answer.stderr}exit ${answer.status}`)
  }
  console.log(`node ${version}: ${questions.length} golden questions`)
}
if (failed > 0) process.exit(1)

/** The binary that npm's `node` package carries for a major version. */
function nodeOfNpm(major) {
  const folder = join(tmpdir(), `nettrace-node-${major}`)
  const binary = join(folder, 'node_modules/node/bin/node')
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--engine-strict=false', `node@${major}`], {
      cwd: folder,
      stdio: 'inherit',
    })
    if (npm.status !== 0) process.exit(1)
  }
  return binary
}
