import type { Dialect } from './policy.ts'

const section = (type: string, options: Readonly<Record<string, string>>, name = '') =>
  `config ${type}${name === '' ? '' : ` '${name}'`}\n${Object.entries(options)
    .map(([key, value]) => `\toption ${key} '${value}'\n`)
    .join('')}\n`
const network = (name: string, device: string, ipaddr: string, more = {}) =>
  section('interface', { proto: 'static', device, ipaddr, netmask: '255.255.255.0', ...more }, name)
const zone = (name: string, input: string, forward: string, more = {}) =>
  section('zone', { name, network: name, input, output: 'ACCEPT', forward, ...more })
const forwarding = (src: string, dest: string) => section('forwarding', { src, dest })
const rule = (name: string, target: string, more: Readonly<Record<string, string>>) =>
  section('rule', { name, target, ...more })

/** OpenWrt: zones with forwardings, a redirect with its reflection. */
export const UCI: Dialect = {
  entry: 'uci: gw',
  wan: 'wan',
  lan: 'lan',
  things: 'things',
  guests: 'guests',
  files: {
    network: [
      network('wan', 'eth0', '203.0.113.2', { gateway: '203.0.113.1' }),
      network('lan', 'eth1', '192.168.10.1'),
      network('things', 'eth1.20', '192.168.20.1'),
      network('guests', 'eth1.30', '192.168.30.1'),
      section('route', { interface: 'wan', target: '10.9.0.0/24', gateway: '203.0.113.3' }),
    ].join(''),
    firewall: [
      section('defaults', { input: 'REJECT', output: 'ACCEPT', forward: 'DROP', drop_invalid: '1' }),
      zone('lan', 'ACCEPT', 'ACCEPT'),
      zone('things', 'DROP', 'REJECT'),
      zone('guests', 'DROP', 'DROP'),
      zone('wan', 'DROP', 'DROP', { masq: '1', masq_dest: '!10.9.0.0/24' }),
      forwarding('lan', 'things'),
      forwarding('lan', 'guests'),
      forwarding('lan', 'wan'),
      rule('guests keep off the branch', 'DROP', { src: 'guests', dest: 'wan', dest_ip: '10.9.0.0/24', proto: 'all' }),
      forwarding('guests', 'wan'),
      rule('broker', 'ACCEPT', {
        src: 'things',
        dest: 'lan',
        dest_ip: '192.168.10.2',
        dest_port: '1883',
        proto: 'tcp',
      }),
      rule('things off the LAN', 'DROP', { src: 'things', dest: 'lan', proto: 'all' }),
      rule('HTTPS of things', 'ACCEPT', { src: 'things', dest: 'wan', dest_port: '443', proto: 'tcp' }),
      rule('NTP of things', 'ACCEPT', { src: 'things', dest: 'wan', dest_port: '123', proto: 'udp' }),
      rule('the rest of things', 'REJECT', { src: 'things', dest: 'wan', proto: 'all' }),
      rule('names for things', 'ACCEPT', { src: 'things', dest_port: '53', proto: 'tcp udp' }),
      rule('names for guests', 'ACCEPT', { src: 'guests', dest_port: '53', proto: 'tcp udp' }),
      rule('SMB of the branch', 'ACCEPT', {
        src: 'wan',
        src_ip: '10.9.0.0/24',
        dest: 'lan',
        dest_ip: '192.168.10.2',
        dest_port: '445',
        proto: 'tcp',
      }),
      section('redirect', {
        name: 'web',
        src: 'wan',
        src_dport: '443',
        dest: 'lan',
        dest_ip: '192.168.10.2',
        dest_port: '8443',
        proto: 'tcp',
        target: 'DNAT',
      }),
    ].join(''),
    dhcp: section('dnsmasq', { domainneeded: '1' }),
  },
}
