import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estate } from './small-estate.ts'

const WHOLE = `nettrace: 1
name: Lab
devices:
  fw: { routeros: fw.rsc }
azure: { resources: [vgw.json], settings: { strict-forwarded-traffic: true } }
hosts:
  pc: { address: 10.0.1.7/24, on: 'fw:eth1', dns: [10.0.1.1], hosts-file: { nas: 10.0.1.5 } }
  vm: { address: 10.9.0.4, in: v/s }
links:
  - internet: [fw:eth0]
  - tunnel: [fw:t0, vgw]
    mtu: 1400
public: &names
  a.example: { address: 192.0.2.1, serves: /services/x }
expect:
  - { id: F01, from: pc, to: 'vm:443', works: no, via: [fw], resolves: 10.9.0.4 }
`
const files = {
  'lab/fw.rsc': 'if eth0 192.0.2.10/29\nif eth1 10.0.1.1/24\ntunnel t0 remote=198.51.100.4',
  'lab/vgw.json': 'if internet 198.51.100.4/32\ntunnel c local=198.51.100.4',
}
const read = (text: string) => estate({ ...files, 'lab/lab.yaml': text })

test('no text makes it throw', () => {
  const word = fc.constantFrom(
    'nettrace: 1\n',
    'hosts:',
    'devices:',
    'links:',
    'include: lab.yaml',
    ' - ',
    '{',
    '[',
    '&a',
    '*a',
    '? ',
    '|',
    '\n',
    '  ',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
  )
  fc.assert(
    fc.property(text, (one) => read(one).diagnostics.every((each) => each.message !== '')),
    { seed: 1, numRuns: 400 },
  )
})

test('a whole topology cut anywhere is read as far as it goes', () => {
  expect(read(WHOLE).diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  for (let end = 0; end < WHOLE.length; end += 3)
    expect(read(WHOLE.slice(0, end)).network.devices.has('internet')).toBe(true)
})

test('any value in any place is read or reported', () => {
  const value = fc.constantFrom(
    'null',
    '[]',
    '{}',
    '""',
    '1',
    '[[]]',
    '{ a: 1 }',
    '[null]',
    "'*'",
    '10.0.1.1',
    'true',
    '*x',
  )
  fc.assert(
    fc.property(fc.nat({ max: 60 }), value, (which, replacement) => {
      let seen = 0
      const text = WHOLE.replace(/(?<=[:,[{] ?)[^\s,[\]{}:]+(?=[\s,\]}])/g, (old) =>
        seen++ === which ? replacement : old,
      )
      return read(text).network.devices.has('internet')
    }),
    { seed: 2, numRuns: 300 },
  )
})

test('reading twice gives equal topologies', () => {
  expect(read(WHOLE)).toEqual(read(WHOLE))
})
