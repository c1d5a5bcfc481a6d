import { readResolvOptions } from '../importers/index.ts'
import type { StubRoute } from '../model/index.ts'
import { parseIp } from '../net/index.ts'
import { domainName } from './domain-name.ts'
import type { DnsPlan, HttpsPlan, PathReader } from './plan.ts'
import { addressesOf, fault, flagOf, type Located, membersOf, quoted, textOf, textsOf } from './shape.ts'
import type { Report, Written } from './written.ts'

const NOTHING: DnsPlan = { servers: [], options: {}, routes: [], search: [], resolved: false }
const KEYS = ['servers', 'resolv-conf', 'options', 'links', 'nrpt', 'https'] as const
const LINK_KEYS = ['name', 'servers', 'domains', 'default-route'] as const
const RULE_KEYS = ['namespace', 'servers'] as const
const HTTPS_KEYS = ['server', 'fallback'] as const

/** Reads `dns:`; `what` names the host. */
export function readDns(value: Written | undefined, what: string, pathsOf: PathReader, report: Report): DnsPlan {
  if (!value) return NOTHING
  if (value.kind !== 'map') return { ...NOTHING, servers: addressesOf(value, `dns of ${what}`, report) }
  const members = membersOf(value, `dns of ${what}`, KEYS, report)
  const servers = addressesOf(members.get('servers'), `the name servers of ${what}`, report)
  const [resolvConf] = pathsOf(members.get('resolv-conf'), `resolv-conf of ${what}`)
  const words = textsOf(members.get('options'), `the options of ${what}`, report)
  const read = readResolvOptions(
    words.flatMap((one) => one.value.split(/\s+/)),
    words[0]?.source ?? value.source,
  )
  read.diagnostics.forEach(report)
  const links = itemsOf(members.get('links')).map((one) => readLink(one, what, report))
  const rules = itemsOf(members.get('nrpt')).flatMap((one) => readRule(one, what, report))
  const https = readHttps(members.get('https'), what, report)
  const general = links.some((link) => link.takesAll) && servers.length > 0
  const everywhere = general ? [everything(servers, `dns of ${what}`, value.source)] : []
  return {
    servers,
    ...(resolvConf && { resolvConf }),
    options: read.options,
    routes: [...links.flatMap((link) => link.routes), ...everywhere, ...rules],
    search: links.flatMap((link) => link.search),
    resolved: links.length > 0,
    ...(https && { https }),
  }
}

const itemsOf = (value: Written | undefined) =>
  !value || value.kind === 'nothing' ? [] : value.kind === 'list' ? value.items : [value]

interface ReadLink {
  readonly routes: readonly StubRoute[]
  readonly search: readonly string[]
  readonly takesAll: boolean
}

/**
 * A link of systemd-resolved: `~` before a domain makes it one for routing alone. Without `default-route` the link takes
 * all other names unless it has such a domain (systemd.network(5), DNSDefaultRoute; systemd-resolved.service(8)).
 */
function readLink(value: Written, what: string, report: Report): ReadLink {
  const members = membersOf(value, `a link of ${what}`, LINK_KEYS, report)
  const name = textOf(members.get('name'), `the name of a link of ${what}`, report)?.value ?? 'a link'
  const servers = addressesOf(members.get('servers'), `the name servers of ${name} of ${what}`, report)
  const domains = textsOf(members.get('domains'), `the domains of ${name} of ${what}`, report).map((one) => one.value)
  const isDefault = flagOf(members.get('default-route'), `default-route of ${name} of ${what}`, report)
  const takesAll = servers.length > 0 && (isDefault ?? !domains.some((domain) => domain.startsWith('~')))
  const asked = servers.map((one) => ({ ip: one.value, source: one.source }))
  const route = (suffix: string): StubRoute => {
    const label = `${name} of ${what} for ${suffix === '' ? 'everything else' : suffix}`
    return { suffix, servers: asked, label, source: value.source }
  }
  const suffixes = new Set([
    ...domains.map((domain) => domainName(domain.replace(/^~/, ''))),
    ...(takesAll ? [''] : []),
  ])
  return {
    routes: servers.length > 0 ? [...suffixes].map(route) : [],
    search: domains.filter((domain) => !domain.startsWith('~')).map(domainName),
    takesAll,
  }
}

/** A rule of Windows' NRPT: `.x` is x and all below, `x` that name alone, `.` everything (Learn: Add-DnsClientNrptRule). */
function readRule(value: Written, what: string, report: Report): StubRoute[] {
  const members = membersOf(value, `an NRPT rule of ${what}`, RULE_KEYS, report)
  const namespace = textOf(members.get('namespace'), `the namespace of an NRPT rule of ${what}`, report)
  const servers = addressesOf(members.get('servers'), `the name servers of an NRPT rule of ${what}`, report)
  if (!namespace) {
    if (!members.has('namespace')) {
      fault(report, 'NT1103', `an NRPT rule of ${what} has no namespace: add "namespace: .corp.example"`, value.source)
    }
    return []
  }
  const below = namespace.value.startsWith('.')
  const suffix = domainName(namespace.value.replace(/^\./, ''))
  const asked = servers.map((one) => ({ ip: one.value, source: one.source }))
  const label = `NRPT rule ${namespace.value} of ${what}`
  return [{ suffix, ...(!below && { exact: true as const }), servers: asked, label, source: value.source }]
}

function readHttps(value: Written | undefined, what: string, report: Report): HttpsPlan | undefined {
  if (!value || value.kind === 'nothing') return undefined
  const members = value.kind === 'map' ? membersOf(value, `https of ${what}`, HTTPS_KEYS, report) : undefined
  const text = textOf(members ? members.get('server') : value, `the server of https of ${what}`, report)
  const fallsBack = flagOf(members?.get('fallback'), `fallback of https of ${what}`, report) ?? true
  if (!text) {
    if (members && !members.has('server')) {
      fault(report, 'NT1103', `https of ${what} has no server: add "server: https://192.0.2.1/dns-query"`, value.source)
    }
    return undefined
  }
  const server = serverOf(text)
  if (server !== undefined) return { server, fallsBack, url: text.value, source: text.source }
  const message = `https of ${what}: ${quoted(text.value)} holds no address: write the server's, as https://192.0.2.1/dns-query`
  fault(report, 'NT1110', message, text.source)
  return undefined
}

function serverOf({ value }: Located<string>) {
  const host = /^https:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(value)?.[1] ?? value
  return parseIp(host.replace(/^\[(.*)\]$/, '$1'))
}

function everything(servers: DnsPlan['servers'], label: string, source: StubRoute['source']): StubRoute {
  return { suffix: '', servers: servers.map((one) => ({ ip: one.value, source: one.source })), label, source }
}
