import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import { matchAddresses, matchPorts } from './addresses.ts'
import { childrenOf, type Entry, flagOf, textOf, textsOf } from './entry.ts'
import { interfaceNames, type Site } from './site.ts'

/**
 * What a traffic rule or route is for: the test of a packet, opaque where only the gateway itself can tell. `isRouted`:
 * the packet's way out is known (a rule), else the internet is what is no local network (a route).
 */
export function matchTraffic(entry: Entry, site: Site, isRouted: boolean): Match {
  const local: Match = { kind: 'destination', in: addressesOfPrefixes(site.lans.map((lan) => lan.subnet)) }
  const internet: Match = isRouted ? { kind: 'out-interface', in: interfaceNames(site.wans) } : notOf(local)
  return allOf(clientsOf(entry, site), targetOf(entry, internet, site), scheduleOf(entry))
}

/** The networks it names; a client is known by its MAC address, which a flow does not say. */
function clientsOf(entry: Entry, site: Site): Match {
  const matches = childrenOf(entry, 'target_devices').map((target): Match => {
    const type = textOf(target, 'type')
    if (type === 'ALL_CLIENTS') return ANY
    const id = textOf(target, 'network_id')
    const lan = type === 'NETWORK' ? site.lans.find((one) => one.id === id) : undefined
    if (lan) return { kind: 'source', in: addressesOfPrefixes([lan.subnet]) }
    return { kind: 'opaque', text: `client ${textOf(target, 'client_mac') ?? id ?? ''}` }
  })
  return matches.length === 0 ? ANY : someOf(...matches)
}

function targetOf(entry: Entry, internet: Match, site: Site): Match {
  const target = textOf(entry, 'matching_target') ?? ''
  const opaque: Match = { kind: 'opaque', text: `matching_target ${target}` }
  switch (target) {
    case 'INTERNET':
      return internet
    case 'IP':
      return addressesOf(entry) ?? opaque
    case 'DOMAIN':
      return domainsOf(entry)
    case 'LOCAL_NETWORK':
      return networksOf(entry, site) ?? opaque
    default:
      return opaque
  }
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
  const mode = (schedule && textOf(schedule, 'mode')) ?? 'ALWAYS'
  return mode === 'ALWAYS' ? ANY : { kind: 'opaque', text: `schedule ${mode}` }
}

/** Whether a match holds a test that cannot be made. */
export function isDoubtful(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(isDoubtful)
  return match.kind === 'opaque' || (match.kind === 'not' && isDoubtful(match.of))
}

/** Whether a traffic rule stops what it is for; the others let it pass or slow it down. */
export function stopsTraffic(entry: Entry): boolean {
  return flagOf(entry, 'enabled') !== false && (textOf(entry, 'action') ?? 'BLOCK') === 'BLOCK'
}
