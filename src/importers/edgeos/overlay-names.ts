import type { DnsForward, Resolver } from '../../model/index.ts'
import type { Configuration } from './configuration.ts'
import { lowerResolver } from './name-server.ts'
import { at } from './node.ts'

/** A gateway's name server with what `service dns forwarding` and `system static-host-mapping` of an overlay add. */
export function overlaidResolver(base: Resolver, around: Configuration): Resolver {
  if (!at(around.root, 'service', 'dns', 'forwarding') && !at(around.root, 'system', 'static-host-mapping')) return base
  const over = lowerResolver(base.label.replace(/^dnsmasq on /, ''), around, true)
  if (!over) return base
  const elsewhere = over.forwards.filter((forward) => forward.suffix === '')
  const forwards = base.forwards.map((forward): DnsForward => {
    if (forward.suffix !== '') return forward
    return { ...forward, to: [...forward.to, ...elsewhere.flatMap((one) => one.to)] }
  })
  const hasRoot = base.forwards.some((forward) => forward.suffix === '')
  const added = over.forwards.filter((forward) => forward.suffix !== '' || !hasRoot)
  return {
    ...base,
    zones: [...over.zones.filter((zone) => zone.records.length > 0 || zone.onMissing !== 'unknown'), ...base.zones],
    forwards: [...added, ...forwards],
    ...(over.rebind && { rebind: over.rebind }),
    notModelled: [...base.notModelled, ...over.notModelled],
  }
}
