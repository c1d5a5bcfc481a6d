import { expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'

const routes = { path: 'route.json', text: '[{"type":"throw","dst":"10.0.1.8/29","table":"main"}]' }
const rules = (...rows: object[]) => ({ path: 'rule.json', text: JSON.stringify(rows) })
const MAIN = { priority: 32766, src: 'all', table: 'main' }

test.for([
  ['the last rule', [MAIN], 'broken'],
  [
    'an earlier rule with others behind it',
    [
      { priority: 90, src: 'all', table: 'main' },
      { priority: 100, src: '10.0.1.0', srclen: 24, action: 'blackhole' },
      MAIN,
    ],
    'unknown',
  ],
] as const)('a throw in main found by %s', ([, rows, kind]) => {
  const [device] = importNetfilter('r', [routes, rules(...rows)]).devices
  const main = device?.tables.find((one) => one.name === 'main')
  expect(main?.routes.map((one) => one.nextHop.kind)).toEqual([kind])
})
