import type { ResolvConf } from '../importers/index.ts'
import { implied, type StubResolver } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import { offerTo } from './dhcp-offer.ts'
import type { FoundEndpoint } from './endpoint.ts'
import type { HostPlan } from './plan.ts'

/** The stub resolver of a host that asks nobody. */
const NOBODY: StubResolver = { servers: [], hosts: [], search: [], ndots: 1, label: 'none is configured' }

/**
 * Whom a host asks: the servers its entry names, else those of its resolv.conf, else what the network offers; and what
 * else its entry says. `undefined` when nothing says anything.
 */
export function hostStub(
  plan: HostPlan,
  conf: ResolvConf | undefined,
  offered: StubResolver | undefined,
): StubResolver | undefined {
  const { dns, hostsFile } = plan
  const given = statedStub(plan, conf) ?? offered
  const silent = hostsFile.length === 0 && dns.routes.length === 0 && !dns.https && !conf
  if (!given && silent) return undefined
  const known = given ?? NOBODY
  const { servers: _, search: own = [], diagnostics: __, ...options } = conf ?? { servers: [], diagnostics: [] }
  const stated = [plan.search, own, known.search].find((list) => list.length > 0) ?? []
  return {
    ...known,
    ...options,
    ...dns.options,
    hosts: hostsFile,
    search: [...stated, ...dns.search],
    ...(dns.routes.length > 0 && { routes: dns.routes }),
    ...(dns.resolved && { multicastNames: true as const }),
    ...(dns.https && { https: { ...httpsOf(plan.name, dns.https) } }),
  }
}

function httpsOf(name: string, https: NonNullable<HostPlan['dns']['https']>): NonNullable<StubResolver['https']> {
  const { server, fallsBack, source } = https
  return { server, fallsBack, label: `DNS over HTTPS of ${name}, ${formatIp(server)}`, source }
}

function statedStub(plan: HostPlan, conf: ResolvConf | undefined): StubResolver | undefined {
  const own = plan.dns.servers.map(({ value, source }) => ({ ip: value, source }))
  if (own.length > 0) return { ...NOBODY, servers: own, label: `dns of ${plan.name}` }
  if (!conf || conf.servers.length === 0) return undefined
  return { ...NOBODY, servers: conf.servers, label: `resolv.conf of ${plan.name}` }
}

/** What the network says: DHCP, else the gateway where a name server runs there. */
export function offeredStub(plan: HostPlan, router: FoundEndpoint, gateway: Ip | undefined): StubResolver | undefined {
  const offer = offerTo(router.at.dhcp, plan.address.value)
  if (offer && offer.nameServers.length > 0) {
    const servers = offer.nameServers.map((ip) => ({ ip, source: offer.source }))
    return { ...NOBODY, servers, search: offer.search, label: `DHCP of ${router.device}` }
  }
  const own = router.at.addresses.find((one) => one.ip === gateway)
  if (!own || !router.of.resolver) return undefined
  const source = implied(`${router.device} runs a name server and no other is given for ${plan.name}`)
  return { ...NOBODY, servers: [{ ip: own.ip, source }], label: `gateway ${router.device}` }
}
