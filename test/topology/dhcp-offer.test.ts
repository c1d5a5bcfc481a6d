import { expect, test } from 'vitest'
import type { DhcpRange, Interface } from '../../src/model/index.ts'
import { ip, prefix } from '../../src/net/index.ts'
import { offering } from '../../src/topology/dhcp-offer.ts'

const SOURCE = { kind: 'implied', because: 'a test' } as const

function port(name: string, address: string, network: string): Interface {
  return {
    name,
    aliases: [],
    addresses: [{ ip: ip(address), prefix: prefix(network), source: SOURCE }],
    source: SOURCE,
  }
}

test('a range is offered on the interface with an address in its network, by that address', () => {
  const range: DhcpRange = {
    first: ip('10.2.0.100'),
    offer: { nameServers: [], search: [], source: SOURCE },
    gatewayIsOwn: true,
    nameServerIsOwn: true,
  }
  const ports = [port('a', '10.1.0.1', '10.1.0.0/24'), port('b', '10.2.0.1', '10.2.0.0/24')]
  const [first, second] = offering(ports, [range])
  expect(first?.dhcp).toBeUndefined()
  expect(second?.dhcp).toMatchObject({ gateway: ip('10.2.0.1'), nameServers: [ip('10.2.0.1')] })
})
