import { describe, expect, test } from 'vitest'
import { addressSet, ip } from '../../../src/net/index.ts'
import { codesOf, diagnosticsOf, interfaceOf, routerOf } from './router-of.ts'

const BASE = `/ip address
add address=203.0.113.10/29 interface=ether1
add address=10.20.0.1/16 interface=bridge1
/ip route
add gateway=203.0.113.9
/ip ipsec peer
add address=198.51.100.4/32 exchange-mode=ike2 name=azure
add address=198.51.100.5/32 disabled=yes name=old
`

describe('IPsec policies (MikroTik: IPsec)', () => {
  const device = routerOf(`${BASE}/ip ipsec policy
set 0 proposal=default
add action=none dst-address=10.100.0.0/24 src-address=10.20.0.0/16
add dst-address=10.100.0.0/22 level=unique peer=azure src-address=10.20.0.0/16 tunnel=yes
add dst-address=10.110.0.0/20 peer=azure src-address=10.20.0.0/16 tunnel=yes
add disabled=yes dst-address=10.120.0.0/22 peer=azure src-address=10.20.0.0/16 tunnel=yes
add action=discard dst-address=10.0.0.0/8 protocol=udp src-address=10.20.0.0/16
/ip ipsec identity
add peer=azure secret="hunter 2"
`)

  test('are encapsulations in their order, templates and disabled ones left out', () => {
    expect(device.encapsulations.map((one) => [one.name, one.action, one.interface, one.protocol])).toEqual([
      ['IPsec policy 10.20.0.0/16 to 10.100.0.0/24', 'bypass', undefined, undefined],
      ['IPsec policy 10.20.0.0/16 to 10.100.0.0/22', 'encrypt', 'ipsec:azure', undefined],
      ['IPsec policy 10.20.0.0/16 to 10.110.0.0/20', 'encrypt', 'ipsec:azure', undefined],
      ['IPsec policy 10.20.0.0/16 to 10.0.0.0/8', 'discard', undefined, 17],
    ])
    expect(device.encapsulations[1]).toMatchObject({
      local: addressSet('10.20.0.0/16'),
      remote: addressSet('10.100.0.0/22'),
    })
  })

  test('a peer is an interface whose decrypted packets come in by the uplink', () => {
    expect(interfaceOf(device, 'ipsec:azure').tunnel).toMatchObject({
      kind: 'ipsec',
      local: ip('203.0.113.10'),
      remote: ip('198.51.100.4'),
      arrivesAs: 'ether1',
      selectors: [{ remote: addressSet('10.100.0.0/22') }, { remote: addressSet('10.110.0.0/20') }],
    })
  })

  test('the interface that owns local-address wins over the route to the peer', () => {
    const text = `${BASE.replace('name=azure', 'local-address=10.20.0.1 name=azure')}/ip ipsec policy\nadd dst-address=10.100.0.0/22 peer=azure src-address=10.20.0.0/16 tunnel=yes\n`
    expect(interfaceOf(routerOf(text), 'ipsec:azure').tunnel).toMatchObject({
      local: ip('10.20.0.1'),
      arrivesAs: 'bridge1',
    })
  })

  test('old policies name the far end themselves', () => {
    const old = routerOf(
      `/ip address\nadd address=203.0.113.10/29 interface=ether1\n/ip ipsec peer\nadd address=198.51.100.4/32 secret=abc\n/ip ipsec policy\nadd dst-address=10.100.0.0/22 sa-dst-address=198.51.100.4 sa-src-address=203.0.113.10 src-address=10.20.0.0/16 tunnel=yes\n`,
    )
    expect(interfaceOf(old, 'ipsec:198.51.100.4').tunnel).toMatchObject({
      local: ip('203.0.113.10'),
      arrivesAs: 'ether1',
    })
  })

  test.for([
    ['add dst-address=1.1.1.1/32 dst-port=many peer=azure protocol=udp src-address=2.2.2.2/32 tunnel=yes', 'no port'],
    ['add dst-address=10.100.0.0/22 peer=old src-address=10.20.0.0/16 tunnel=yes', 'a disabled peer'],
    ['add dst-address=<net> peer=azure tunnel=yes', 'no address'],
  ] as const)('%s is left out and said: %s', ([line]) => {
    const text = `${BASE}/ip ipsec policy\n${line}\n`
    expect(routerOf(text).encapsulations).toEqual([])
    expect(codesOf(text)).toContain('NT1220:10')
  })

  test('a policy in transport mode changes no packet and is said to nobody', () => {
    const text = `${BASE}/ip ipsec policy\nadd dst-address=198.51.100.4/32 dst-port=1701 peer=azure protocol=udp src-address=203.0.113.10/32\n`
    expect(routerOf(text).encapsulations).toEqual([])
    expect(codesOf(text).filter((code) => code.startsWith('NT1220'))).toEqual([])
  })

  test('one that is not about packets to its peer is a mistake, and said', () => {
    const text = `${BASE}/ip ipsec policy\nadd dst-address=1.1.1.1/32 peer=azure src-address=203.0.113.10/32\n`
    expect(codesOf(text)).toContain('NT1220:10')
  })

  test.for([
    ['has an identity', 'azure', undefined],
    ['has none, though another peer has', 'old', true],
  ] as const)('a tunnel whose peer %s', ([, peer, disabled]) => {
    const policy = 'add dst-address=10.100.0.0/22 peer=azure src-address=10.20.0.0/16 tunnel=yes'
    const device = routerOf(`${BASE}/ip ipsec identity\nadd peer=${peer}\n/ip ipsec policy\n${policy}\n`)
    expect(device.interfaces.find((one) => one.name === 'ipsec:azure')?.disabled).toBe(disabled)
  })

  test('a policy may be of some ports alone', () => {
    const text = `${BASE}/ip ipsec policy\nadd dst-address=10.100.0.0/22 dst-port=443 peer=azure protocol=tcp src-address=10.20.0.0/16 src-port=any tunnel=yes\n`
    expect(routerOf(text).encapsulations).toMatchObject([{ protocol: 6, remotePorts: { first: 443, last: 443 } }])
    expect(routerOf(text).encapsulations[0]).not.toHaveProperty('localPorts')
  })

  test('no secret is kept anywhere', () => {
    const text = `${BASE}/ip ipsec identity\nadd peer=azure secret="hunter 2"\n/ppp secret\nadd name=a password=hunter2\n/interface wireguard\nadd name=wg private-key="hunter2="\n/interface wireguard peers\nadd allowed-address=10.0.0.0/8 interface=wg preshared-key=hunter2\nadd allowed-address=10.0.0.0/8 interface=wg preshared-key=hunter2 public-key=abc\n/interface foo\nadd auth-key=hunter2 wpa2-pre-shared-key=hunter2\n`
    const all = JSON.stringify([routerOf(text), diagnosticsOf(text)], (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
    expect(all).not.toContain('hunter')
    expect(all).toContain('***')
    expect(all).toContain('public-key=abc')
  })
})
