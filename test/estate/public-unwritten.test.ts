import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { checkPromise } from '../../src/diagnose/index.ts'
import { DISK, type FileReader, loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'

const TOPOLOGY = 'topologies/vision-plant.yaml'
const OWN = /\n {2}# Where the private names end[\s\S]*?\n(?=\S)/

/** What the vision plant answers to its promises, in an order. */
function answers(reader: FileReader): Readonly<Record<string, string>> {
  const { network, expectations } = loadTopology(TOPOLOGY, { reader })
  const prepared = prepare(network)
  return Object.fromEntries(
    expectations.map((one) => {
      const { connection } = checkPromise(prepared, one)
      // Two accounts may share one public address and then are no senders of their own: where a packet that works ends is left out.
      if (connection?.works === 'yes') return [one.id, 'yes']
      return [one.id, `${connection?.works} ${connection?.outcome} ${connection?.decidedBy.text}`]
    }),
  )
}

// Nobody writes down what public addresses their own accounts have: whatever they are, the answers are these.
test('the public addresses of its own services change no answer of the vision plant', () => {
  const written = readFileSync(TOPOLOGY, 'utf8')
  const without = written.replace(OWN, '\n')
  expect(written.length - without.length).toBeGreaterThan(1000)
  const unwritten: FileReader = {
    ...DISK,
    read: (path) => (posix.normalize(path) === TOPOLOGY ? { text: without } : DISK.read(path)),
  }
  expect(answers(unwritten)).toEqual(answers(DISK))
})
