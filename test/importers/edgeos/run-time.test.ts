import { describe, expect, test } from 'vitest'
import { importEdgeos } from '../../../src/importers/edgeos/index.ts'
import { formatPrefix } from '../../../src/net/index.ts'

function deviceOf(text: string) {
  const [device] = importEdgeos('edge', [{ path: 'config.boot', text }]).devices
  if (!device) throw new Error('no device was read')
  return device
}

const DELEGATED = `interfaces {
    ethernet eth0 {
        address dhcp
        dhcpv6-pd {
            pd 0 {
                interface eth1 {
                    host-address ::1
                    prefix-id :2
                    service slaac
                }
                prefix-length /56
            }
        }
    }
    ethernet eth1 {
        address 10.0.1.1/24
    }
}
`

describe('what comes at run time is unknown, not absent (EdgeOS: DHCPv6 Prefix Delegation)', () => {
  test('an interface that asks for a prefix leads to IPv6 nobody knows where', () => {
    const routes = deviceOf(DELEGATED).tables[0]?.routes.filter((route) => formatPrefix(route.prefix) === '::/0')
    expect(routes).toMatchObject([{ origin: 'DHCPv6 on eth0', nextHop: { kind: 'unknown' } }])
    expect(JSON.stringify(routes?.[0]?.nextHop)).toContain('eth1 has host ::1 of part :2 of a /56 (slaac)')
  })

  test.for([
    ['so does one that listens to announcements', 'ipv6 {\n address {\n autoconf\n }\n }', 1],
    ['and not one that does neither', '', 0],
    ['nor one that is switched off', 'disable\n ipv6 {\n address {\n autoconf\n }\n }', 0],
  ] as const)('%s', ([, text, count]) => {
    const device = deviceOf(`interfaces {\n ethernet eth0 {\n ${text}\n address 10.0.0.1/24\n }\n}\n`)
    expect(device.tables[0]?.routes.filter((route) => formatPrefix(route.prefix) === '::/0')).toHaveLength(count)
  })
})

describe('ports that tunnels are answered on (EdgeOS: VPN)', () => {
  test.for([
    ['wireguard wg0 {\n listen-port 51820\n }', 'WireGuard wg0 17/51820'],
    ['openvpn vtun0 {\n mode server\n }', 'OpenVPN vtun0 17/1194'],
    ['openvpn vtun0 {\n local-port 443\n protocol tcp-passive\n }', 'OpenVPN vtun0 6/443'],
  ] as const)('%s', ([text, expected]) => {
    const device = deviceOf(`interfaces {\n ${text}\n}\n`)
    const shown = device.listeners?.map((one) => `${one.label} ${one.protocol}/${one.ports.first}`)
    expect(shown).toContain(expected)
  })

  test('L2TP needs IKE as well', () => {
    const device = deviceOf('vpn {\n l2tp {\n remote-access {\n outside-address 203.0.113.2\n }\n }\n}\n')
    expect(device.listeners?.map((one) => one.ports.first).sort()).toEqual([1701, 4500, 500])
  })
})
