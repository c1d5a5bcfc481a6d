import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROJECT } from './command-line.ts'

/** The package as it is installed: its executable, a build of its own, and what ships beside them. */
let installed = ''

beforeAll(() => {
  installed = mkdtempSync(join(tmpdir(), 'nettrace-built-'))
  for (const part of ['bin', 'package.json', 'topologies', 'fixtures'])
    cpSync(join(PROJECT, part), join(installed, part), { recursive: true })
  spawnSync(process.execPath, ['scripts/build.mjs', join(installed, 'dist')], { cwd: PROJECT, stdio: 'inherit' })
}, 60_000)

afterAll(() => rmSync(installed, { recursive: true, force: true }))

function shell(command: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: installed,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { PATH: process.env.PATH },
  })
  return { code: status, out: stdout, err: stderr }
}

const HOME = '-t topologies/home-lab.yaml'

describe('the executable', () => {
  test.for([
    ['--version', 0],
    [`from laptop to vm-lab:22 ${HOME}`, 0],
    [`from laptop to vm-lab:3389 ${HOME}`, 1],
    [`dns nowhere.example.com from laptop ${HOME}`, 2],
    ['', 64],
    [`show nobody ${HOME}`, 64],
    ['devices -t gone.yaml', 65],
  ] as const)('nettrace %s ends with %i', ([words, code]) => {
    const ran = shell(`node bin/nettrace.js ${words}`)
    expect({ code: ran.code, answered: ran.out !== '' }).toEqual({ code, answered: code < 64 })
    expect(ran.err === '').toBe(code < 64)
  })

  test('a reader that leaves after a line is no error, and changes no exit code', () => {
    const command = `node bin/nettrace.js rules vnet-ml/snet-train -v -t topologies/vision-plant.yaml`
    expect(shell(`${command} | head -1; echo "\${PIPESTATUS[0]}"`)).toEqual({
      code: 0,
      out: 'vnet-ml/snet-train  Azure subnet\n0\n',
      err: '',
    })
    const blocked = `node bin/nettrace.js from laptop to vm-lab:3389 -o json ${HOME}`
    expect(shell(`${blocked} | head -c 1; echo "\${PIPESTATUS[0]}"`)).toEqual({ code: 0, out: '{1\n', err: '' })
  })

  test('a long answer goes whole through a pipe that is read slowly', () => {
    const command = 'node bin/nettrace.js routes vnet-ml/snet-train -t topologies/vision-plant.yaml'
    const whole = shell(command).out
    expect(shell(`${command} | (sleep 1; cat)`).out).toBe(whole)
    expect(whole.length).toBeGreaterThan(20_000)
  })

  test('-o json is one JSON value and nothing else', () => {
    const { out, err } = shell(`node bin/nettrace.js from laptop to vm-lab:22 -o json ${HOME}`)
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: '1', works: 'yes' })
  })

  test('the same question in another run gives equal bytes, and no absolute path', () => {
    const command = `node bin/nettrace.js from laptop to vm-lab:3389 -v -o json ${HOME}`
    const { out } = shell(command)
    expect(shell(command).out).toBe(out)
    expect(out).not.toContain(installed)
  })

  test('the locale, the time zone and colour settings change nothing', () => {
    const command = `node bin/nettrace.js from laptop to vm-lab:22 ${HOME}`
    expect(shell(`LANG=C TZ=Asia/Tokyo NO_COLOR=1 FORCE_COLOR=3 TERM=dumb ${command}`).out).toBe(shell(command).out)
  })
})
