import { expect, test } from 'vitest'
import { forwardFor, indexOf, isFor, zonesFor } from '../../src/dns/resolver-index.ts'
import { type DnsForward, type DnsZone, implied, type Resolver } from '../../src/model/index.ts'

const source = implied('a test')

function forward(suffix: string, more: Partial<DnsForward> = {}): DnsForward {
  return { suffix, to: [], mode: 'only', order: 'in-order', label: suffix, source, ...more }
}

const zone: DnsZone = {
  name: 'ads.example',
  exact: true,
  label: 'ads',
  records: [],
  onMissing: 'nxdomain',
  source,
}

const resolver: Resolver = {
  label: 'r',
  zones: [zone],
  forwards: [forward('corp.example', { exact: true, label: 'one name' }), forward('', { label: 'rest' })],
  rechasesCname: false,
  otherwise: 'refuse',
  notModelled: [],
  source,
}

test.for([
  ['corp.example', 'one name'],
  ['a.corp.example', 'rest'],
  ['example', 'rest'],
])('%s goes to the forward "%s" where one is of a name alone', ([name, label]) => {
  expect(forwardFor(indexOf(resolver), { name: name ?? '', type: 'A' })?.label).toBe(label)
})

test('a zone of a name alone says nothing of the names below it', () => {
  expect(zonesFor(indexOf(resolver), 'ads.example')).toEqual([zone])
  expect(zonesFor(indexOf(resolver), 'a.ads.example')).toEqual([])
})

test('a forward of a name alone is for that name', () => {
  const [one] = resolver.forwards
  expect(one && isFor(one, 'corp.example')).toBe(true)
  expect(one && isFor(one, 'a.corp.example')).toBe(false)
})
