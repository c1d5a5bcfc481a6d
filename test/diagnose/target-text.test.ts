import { describe, expect, test } from 'vitest'
import { readTarget, withDefaults } from '../../src/diagnose/target-text.ts'
import { ICMP, TCP, UDP } from '../../src/net/index.ts'

describe('the far end of a question', () => {
  test.for([
    ['host', { host: 'host' }],
    ['host:443', { host: 'host', port: 443 }],
    ['host:53/udp', { host: 'host', port: 53, protocol: UDP }],
    ['host/icmp', { host: 'host', protocol: ICMP }],
    ['10.0.0.1:22/TCP', { host: '10.0.0.1', port: 22, protocol: TCP }],
    ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['https://st.blob.core.windows.net/container?x=1', { host: 'st.blob.core.windows.net', port: 443, protocol: TCP }],
    ['http://user@host:8080/x', { host: 'host', port: 8080, protocol: TCP }],
    ['vnet-ml/snet-train', { host: 'vnet-ml/snet-train' }],
    [
      '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm:22',
      {
        host: '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm',
        port: 22,
      },
    ],
  ] as const)('%s', ([text, read]) => {
    expect(readTarget(text)).toEqual(read)
  })

  test.for([
    ['host:https', '"host:https": "https" is not a port; write a number, such as host:443'],
    ['host:0', '"host:0": ports go from 1 to 65535'],
    ['host:70000', '"host:70000": ports go from 1 to 65535'],
    ['host:22/icmp', '"host:22/icmp": a port goes with tcp or udp only'],
    ['gopher://host', '"gopher://host": which port does gopher:// use? Write host:PORT'],
    [':443', '":443" names no host'],
  ] as const)('%s is refused in words', ([text, message]) => {
    expect(() => readTarget(text)).toThrow(message)
  })

  test.for([
    ['tcp with a port', { host: 'h', port: 443 }, undefined, { protocol: TCP, port: 443 }],
    ["the service's port when none is typed", { host: 'h' }, 5671, { protocol: TCP, port: 5671 }],
    ['an ICMP echo when nothing says a port', { host: 'h' }, undefined, { protocol: ICMP, port: 0 }],
  ] as const)('means %s', ([_title, target, servicePort, meant]) => {
    expect(withDefaults(target, servicePort)).toEqual(meant)
  })

  test('needs a port for udp', () => {
    expect(() => withDefaults({ host: 'h', protocol: UDP }, undefined)).toThrow('which port of "h"? Write h:443')
  })
})
