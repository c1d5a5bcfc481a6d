import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import { matchAddresses, matchPorts } from './addresses.ts'
import { childrenOf, type Entry, flagOf, textOf, textsOf } from './entry.ts'
import { interfaceNames, othersMissing, type Site } from './site.ts'

/**
 * What a traffic rule or route is for: the test of a packet, opaque where only the gateway itself can tell. `isRouted`:
 * the packet's way out is known (a rule), else the internet is what is no local network (a route).
 */
export function matchTraffic(entry: Entry, site: Site, isRouted: boolean): Match {
  const local: Match = { kind: 'destination', in: addressesOfPrefixes(site.lans.map((lan) => lan.subnet)) }
  const missing = othersMissing(site, 'networkconf')
  const known: Match = isRouted ? { kind: 'out-interface', in: interfaceNames(site.wans) } : notOf(local)
  const internet: Match = missing.othersMissing ? { kind: 'opaque', text: 'the internet', ...missing } : known
  return allOf(clientsOf(entry, site), targetOf(entry, internet, site), scheduleOf(entry))
}

/** The networks and clients it names; a client is known by its Ethernet address. */
function clientsOf(entry: Entry, site: Site): Match {
  const matches = childrenOf(entry, 'target_devices').map((target): Match => {
    const type = textOf(target, 'type')
    if (type === 'ALL_CLIENTS') return ANY
    const id = textOf(target, 'network_id')
    const lan = type === 'NETWORK' ? site.lans.find((one) => one.id === id) : undefined
    if (lan) return { kind: 'source', in: addressesOfPrefixes([lan.subnet]) }
    const mac = textOf(target, 'client_mac')?.toLowerCase()
    if (type === 'CLIENT' && mac !== undefined) return { kind: 'source-mac', in: [mac] }
    return {
      kind: 'opaque',
      text: `client ${mac ?? id ?? ''}`,
      ...(type === 'NETWORK' && othersMissing(site, 'networkconf')),
    }
  })
  return matches.length === 0 ? ANY : someOf(...matches)
}

function targetOf(entry: Entry, internet: Match, site: Site): Match {
  const target = textOf(entry, 'matching_target') ?? ''
  // The rule keeps what it named under other targets; the target alone decides which of it counts.
  const named = ['app_ids', 'app_category_ids', 'regions'].flatMap((key) => textsOf(entry, key))
  const opaque: Match = { kind: 'opaque', text: [`matching_target ${target}`, ...named].join(' ') }
  const targets: Readonly<Record<string, Match | undefined>> = {
    INTERNET: internet,
    IP: addressesOf(entry),
    DOMAIN: domainsOf(entry),
    LOCAL_NETWORK: networksOf(entry, site),
  }
  return (Object.hasOwn(targets, target) ? targets[target] : undefined) ?? opaque
}

function addressesOf(entry: Entry): Match | undefined {
  const single = childrenOf(entry, 'ip_addresses').map((one) => {
    const address = matchAddresses('destination', [textOf(one, 'ip_or_subnet') ?? ''])
    const ports = portsOf(one)
    return address && ports && allOf(address, ports)
  })
  const ranges = childrenOf(entry, 'ip_ranges').map((one) =>
    matchAddresses('destination', [`${textOf(one, 'ip_start') ?? ''}-${textOf(one, 'ip_stop') ?? ''}`]),
  )
  const all = [...single, ...ranges]
  const known = all.filter((match) => match !== undefined)
  return known.length === all.length && known.length > 0 ? someOf(...known) : undefined
}

/** The gateway learns a domain's addresses from the answers it passes on; the name a client sends says the same. */
function domainsOf(entry: Entry): Match {
  const domains = childrenOf(entry, 'domains').map((one) => {
    const name = (textOf(one, 'domain') ?? '').toLowerCase()
    return allOf(
      { kind: 'server-name', in: [name, `*.${name}`] },
      portsOf(one) ?? { kind: 'opaque', text: 'its ports' },
    )
  })
  return someOf(...domains)
}

function networksOf(entry: Entry, site: Site): Match | undefined {
  const ids = textsOf(entry, 'network_ids')
  const subnets = site.lans.filter((lan) => ids.includes(lan.id)).map((lan) => lan.subnet)
  if (ids.length > 0 && othersMissing(site, 'networkconf').othersMissing) {
    return { kind: 'opaque', text: `networks ${ids.join(', ')}`, othersMissing: true }
  }
  return subnets.length === ids.length ? { kind: 'destination', in: addressesOfPrefixes(subnets) } : undefined
}

/** No port named means every port. */
function portsOf(entry: Entry): Match | undefined {
  const ranges = childrenOf(entry, 'port_ranges').map(
    (one) => `${textOf(one, 'port_start') ?? ''}-${textOf(one, 'port_stop') ?? ''}`,
  )
  const texts = [...textsOf(entry, 'ports'), ...ranges]
  return texts.length === 0 ? ANY : matchPorts('destination', texts)
}

function scheduleOf(entry: Entry): Match {
  const [schedule] = childrenOf(entry, 'schedule')
  const text = schedule && timesOf(schedule)
  return text === undefined ? ANY : { kind: 'opaque', text }
}

/** The times something holds, in words; `undefined` = always. The controller keeps times of other modes beside. */
export function timesOf(schedule: Entry): string | undefined {
  const mode = textOf(schedule, 'mode') ?? 'ALWAYS'
  const allDay = flagOf(schedule, 'time_all_day') === true
  const days = [...textsOf(schedule, 'repeat_on_days'), textOf(schedule, 'date')]
  const dates = [textOf(schedule, 'date_start'), textOf(schedule, 'date_end')]
  const hours = [textOf(schedule, 'time_range_start'), textOf(schedule, 'time_range_end')]
  if (mode === 'ALWAYS' || (mode === 'EVERY_DAY' && allDay)) return undefined
  const words = [...days, ...dates, ...(allDay ? [] : hours)].filter((word) => word !== undefined)
  return `schedule ${mode} ${words.join(' ')}`.trim()
}

/** Whether a match holds a test that cannot be made, whatever else were given. */
export function isDoubtful(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(isDoubtful)
  return (match.kind === 'opaque' && !match.othersMissing) || (match.kind === 'not' && isDoubtful(match.of))
}

/** Whether a traffic rule stops what it is for; the others let it pass or slow it down. */
export function stopsTraffic(entry: Entry): boolean {
  return flagOf(entry, 'enabled') !== false && (textOf(entry, 'action') ?? 'BLOCK') === 'BLOCK'
}
