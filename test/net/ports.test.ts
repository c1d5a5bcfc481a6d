import { expect, test } from 'vitest'
import { formatPorts, formatProtocol, parsePortRange, parseProtocol, portsContain } from '../../src/net/index.ts'

test.for([
  ['443', { first: 443, last: 443 }],
  ['8704-8710', { first: 8704, last: 8710 }],
  ['1024:', { first: 1024, last: 65535 }],
  [':1023', { first: 0, last: 1023 }],
  ['9-8', undefined],
  ['70000', undefined],
  ['', undefined],
  ['-', undefined],
  ['http', undefined],
] as const)('the ports %s read as %o', ([text, range]) => {
  expect(parsePortRange(text)).toEqual(range)
})

test('ranges hold their ends and nothing outside', () => {
  const ranges = [
    { first: 80, last: 80 },
    { first: 8704, last: 8710 },
  ]
  expect([79, 80, 81, 8704, 8710, 8711].map((port) => portsContain(ranges, port))).toEqual([
    false,
    true,
    false,
    true,
    true,
    false,
  ])
  expect(formatPorts(ranges)).toBe('80,8704-8710')
})

test.for([
  ['tcp', 6],
  ['UDP', 17],
  ['50', 50],
  ['ipsec-esp', 50],
  ['256', undefined],
  ['nonsense', undefined],
] as const)('the protocol %s is number %s', ([text, number]) => expect(parseProtocol(text)).toBe(number))

test('a protocol is written by its usual name', () => {
  expect([1, 6, 17, 47, 50, 58, 253].map(formatProtocol)).toEqual(['icmp', 'tcp', 'udp', 'gre', 'esp', 'icmpv6', '253'])
})
