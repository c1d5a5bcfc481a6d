import { describe, expect, test } from 'vitest'
import { checkPromise, connect } from '../../src/diagnose/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { FLOWS } from './vision-plant-flows.ts'

const topology = loadTopology('topologies/vision-plant.yaml')
const prepared = prepare(topology.network)

describe('the vision plant', () => {
  test('reads without an error', () => {
    expect(topology.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('promises every flow from F01 to F62', () => {
    const promised = new Set(topology.expectations.map((one) => one.id.slice(0, 3)))
    const planned = Array.from({ length: 62 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`)
    expect(planned.filter((id) => !promised.has(id))).toEqual([])
    expect(topology.expectations.map((one) => one.id)).toEqual(FLOWS.map(({ id }) => id))
  })

  test.for(FLOWS)('$id $from to $to: $works', ({ from, to, works, decides, devices }) => {
    const connection = connect(prepared, from, to)
    expect(connection.works).toBe(works)
    expect(connection.decidedBy.text).toContain(decides)
    expect(connection.paths[0]?.forward.hops.map((hop) => hop.device).join(' ')).toBe(devices)
    if (works === 'yes') expect(connection.cause).toBeUndefined()
    else expect(connection.cause).toBeDefined()
  })

  test.for(topology.expectations)('keeps its promise $id', (expectation) => {
    expect(checkPromise(prepared, expectation)).toMatchObject({ state: 'kept', differences: [] })
  })
})

describe('the home lab', () => {
  const lab = loadTopology('topologies/home-lab.yaml')
  const ready = prepare(lab.network)
  test.for(lab.expectations)('keeps its promise $id', (expectation) => {
    expect(checkPromise(ready, expectation)).toMatchObject({ state: 'kept', differences: [] })
  })
})
