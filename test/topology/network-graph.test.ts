import { describe, expect, test } from 'vitest'
import { implied, type Link } from '../../src/model/index.ts'
import { componentsOf, type Leg, pathsBetween, segmentsOf } from '../../src/topology/index.ts'
import { device, port } from '../trace/small-network.ts'

const source = implied('written in this test')

function link(name: string, ...ends: string[]): Link {
  return { name, kind: 'segment', ends: ends.map((one) => ({ device: one, interface: `to-${name}` })), source }
}

// A ring a-b-c-d with a leaf e behind d, and f, g apart; h hands over to a without a link.
const links = [
  link('ab', 'a', 'b'),
  link('bc', 'b', 'c'),
  link('cd', 'c', 'd'),
  link('da', 'd', 'a'),
  link('de', 'd', 'e'),
  link('fg', 'f', 'g'),
]
const toA = { nextHop: { kind: 'device', device: 'a' }, distance: 0, metric: 0, origin: 'test', source } as const
const devices = new Map(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, device(name, [port('x')])] as const))
devices.set('h', device('h', [port('x', '10.0.0.1/32')], [{ ...toA, prefix: { ip: 0 as never, length: 0 } }]))
const network = { devices, links }

const drawn = (leg: Leg, at: number, way: readonly Leg[]) =>
  at === way.length - 1 ? leg.device : `${leg.device} -${leg.link ? `${leg.link}-` : ''} `

describe('the graph of devices and links', () => {
  test('a segment has the devices of its ends', () => {
    expect(segmentsOf(network).map((one) => one.devices.join(' '))).toEqual(['a b', 'b c', 'c d', 'd a', 'd e', 'f g'])
  })

  test('what hangs together is a component, the largest first', () => {
    expect(componentsOf(network)).toEqual([
      ['a', 'b', 'c', 'd', 'e', 'h'],
      ['f', 'g'],
    ])
  })

  test.for([
    ['a', 'e', ['a -da- d -de- e', 'a -ab- b -bc- c -cd- d -de- e']],
    ['h', 'b', ['h - a -ab- b', 'h - a -da- d -cd- c -bc- b']],
    ['a', 'f', []],
    ['a', 'nobody', []],
    ['a', 'a', ['a']],
  ] as const)('the ways from %s to %s, shortest first', ([from, to, ways]) => {
    const words = pathsBetween(network, from, to).map((way) => way.map(drawn).join(''))
    expect(words).toEqual(ways)
  })
})
