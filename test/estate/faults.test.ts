import { describe, expect, test } from 'vitest'
import { type Connection, checkPromise } from '../../src/diagnose/index.ts'
import type { Source } from '../../src/model/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { loadWith, type Patch } from './faulty-estate.ts'
import { NAME_FAULTS } from './name-faults.ts'
import { PATH_FAULTS } from './path-faults.ts'

/** What becomes of every promise, by its id. */
function connectionsWith(patches: readonly Patch[]): Map<string, Connection> {
  const { network, expectations, diagnostics } = loadWith(patches)
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  const prepared = prepare(network)
  const connections = new Map<string, Connection>()
  for (const one of expectations) {
    const { connection } = checkPromise(prepared, one)
    if (connection) connections.set(one.id, connection)
  }
  return connections
}

function verdicts(connections: ReadonlyMap<string, Connection>): Record<string, string> {
  return Object.fromEntries([...connections].map(([id, one]) => [id, one.works]))
}

/** The file and the text of the line that a cause points at. */
function placeOf(source: Source | undefined): [string, string] {
  return source === undefined || source.kind === 'implied' ? ['', ''] : [source.file, source.text]
}

const sound = verdicts(connectionsWith([]))

describe('one thing changed in the vision plant', () => {
  test.for([...NAME_FAULTS, ...PATH_FAULTS].map((one) => [one.id, one.change, one] as const))(
    '%s: %s',
    ([, , { patches, breaks }]) => {
      const connections = connectionsWith(patches)
      const broken = breaks.flatMap((one) => one.flows.split(' ').map((id) => ({ ...one, id })))
      const expected = { ...sound, ...Object.fromEntries(broken.map((one) => [one.id, one.works])) }
      expect(verdicts(connections)).toEqual(expected)
      for (const { id, outcome, cause, names, at } of broken) {
        const connection = connections.get(id)
        expect([id, connection?.outcome, connection?.cause?.code]).toEqual([id, outcome, cause])
        for (const name of names) expect(connection?.cause?.message).toContain(name)
        if (at) expect([id, placeOf(connection?.cause?.source)]).toEqual([id, [at[0], expect.stringContaining(at[1])]])
      }
    },
  )
})
