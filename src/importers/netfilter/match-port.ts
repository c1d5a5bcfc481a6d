import { type Match, notOf, someOf } from '../../model/index.ts'
import { type PortRange, parsePortRange } from '../../net/index.ts'
import { oddValue, opaque, type RuleContext } from './rule-context.ts'
import type { Option } from './rule-words.ts'

/** A test of ports: one port, a range `a:b` with open ends, or a list of them. */
export function matchPorts(which: 'source' | 'destination' | 'either', option: Option, context: RuleContext): Match {
  const ranges: PortRange[] = []
  for (const part of (option.values[0] ?? '').split(',')) {
    const range = parsePorts(part)
    if (!range) return opaque(context, option.text, oddValue(option.text))
    ranges.push(range)
  }
  const source: Match = { kind: 'source-port', in: ranges }
  const destination: Match = { kind: 'destination-port', in: ranges }
  const match = which === 'either' ? someOf(source, destination) : which === 'source' ? source : destination
  return option.negated ? notOf(match) : match
}

/** The range a text names, service names included. */
export function parsePorts(text: string): PortRange | undefined {
  const range = parsePortRange(text)
  if (range) return range
  const ports = text.split(':').map((part) => SERVICES.get(part.toLowerCase()) ?? part)
  return /[a-z]/i.test(text) ? parsePortRange(ports.join(':')) : undefined
}

// The names people type in rules; iptables-save prints numbers (IANA: Service Name and Transport Protocol Port Number).
const SERVICES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'ftp-data': '20',
    ftp: '21',
    ssh: '22',
    telnet: '23',
    smtp: '25',
    domain: '53',
    bootps: '67',
    bootpc: '68',
    tftp: '69',
    http: '80',
    www: '80',
    kerberos: '88',
    pop3: '110',
    sunrpc: '111',
    auth: '113',
    ntp: '123',
    'netbios-ns': '137',
    'netbios-dgm': '138',
    'netbios-ssn': '139',
    imap: '143',
    imap2: '143',
    snmp: '161',
    'snmp-trap': '162',
    bgp: '179',
    ldap: '389',
    https: '443',
    'microsoft-ds': '445',
    isakmp: '500',
    syslog: '514',
    submission: '587',
    ipp: '631',
    ldaps: '636',
    rsync: '873',
    imaps: '993',
    pop3s: '995',
    openvpn: '1194',
    'ms-sql-s': '1433',
    nfs: '2049',
    mysql: '3306',
    'ms-wbt-server': '3389',
    'ipsec-nat-t': '4500',
    sip: '5060',
    mdns: '5353',
    postgresql: '5432',
    amqps: '5671',
    amqp: '5672',
    x11: '6000',
    'http-alt': '8080',
  }),
)
