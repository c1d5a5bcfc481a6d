import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'
import { connect } from '../../src/diagnose/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'

/** What the program prints for a command line, and its exit code. */
async function answer(words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = ''
  const output = { out: (more: string) => void (text += more), err: (more: string) => void (text += more) }
  return { code: await run(words, { output, environment: {}, cwd: process.cwd() }), text }
}

/** The commands an answer gives to go on with, as words for the program. */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/^next +nettrace (.+)$/gm)].map(([, line = '']) => line.trim().split(/ +/))
}

const QUESTIONS: readonly (readonly [from: string, to: string])[] = [
  ['guest', 'stmlvision.blob.core.windows.net:443'],
  ['camera', 'mlw-vision'],
  ['nas', '10.55.0.1:443'],
  ['internet', '10.110.8.10:443'],
  ['home-laptop', 'stmlvision.blob.core.windows.net:443'],
  ['dbx-worker', 'conda.anaconda.org:443'],
  ['eng-ws', '168.63.129.16:53/udp'],
  ['eng-ws', '10.110.0.99:443'],
  ['eng-ws', 'nowhere.example.com:443'],
  ['proc', 'train:22'],
  ['guest', 'camera'],
  ['aci-score', 'mlw-vision'],
  ['eng-ws', 'lede-lab:80'],
]

describe.for(['topologies/vision-plant.yaml', 'vision-plant'])('with -t %s', (topology) => {
  test.for(QUESTIONS)('the commands that follow an answer run as printed: from %s to %s', async ([from, to]) => {
    const asked = await answer(['from', from, 'to', to, '-t', topology])
    expect(asked.code).not.toBe(0)
    const commands = commandsIn(asked.text)
    expect(commands.length).toBeGreaterThan(0)
    for (const words of commands) {
      const { code, text } = await answer(words)
      expect([words.join(' '), code <= 2, text.length > 20]).toEqual([words.join(' '), true, true])
      expect(words.slice(-2)).toEqual(['-t', topology])
    }
  })
})

test('a command needs no -t where the question needed none', async () => {
  let text = ''
  const output = { out: (more: string) => void (text += more), err: () => undefined }
  const environment = { NETTRACE_TOPOLOGY: 'topologies/home-lab.yaml' }
  await run(['from', 'laptop', 'to', 'vm-lab:3389'], { output, environment, cwd: process.cwd() })
  expect(commandsIn(text)).toEqual([['rules', 'vm-lab']])
})

describe.for(['topologies/home-lab.yaml', 'topologies/vision-plant.yaml'])('%s', (path) => {
  expect(existsSync(path)).toBe(true)
  const { network, expectations } = loadTopology(path)
  const prepared = prepare(network)

  test('every promise that does not work is known by what the person sees', () => {
    for (const one of expectations) {
      const connection = connect(prepared, one.from, one.to)
      const claims = connection.works === 'no' || connection.works === 'one-way'
      expect([one.id, connection.symptom !== undefined]).toEqual([one.id, claims])
    }
  })
})
