import type { ArmDocument } from './arm-document.ts'
import type { Block } from './block.ts'
import { Draft } from './draft.ts'
import { at } from './member.ts'

/** The record sets Azure made in private zones for an endpoint: no resource of Terraform's, but listed by the endpoint. */
export function recordsOfEndpoint(document: ArmDocument, block: Block): Draft[] {
  const drafts: Draft[] = []
  for (const { block: config } of block.blocks('private_dns_zone_configs')) {
    const zone = config.text('private_dns_zone_id')
    for (const { block: set } of zone === undefined ? [] : config.blocks('record_sets')) {
      const type = set.text('type')?.toUpperCase()
      const name = set.text('name')
      if (name === undefined || (type !== 'A' && type !== 'AAAA')) continue
      const origin = { container: set.value }
      const draft = new Draft(document, origin, true)
      draft.set('^id', `${zone}/${type}/${name}`, origin)
      draft.set('^name', name, at(set, 'name'))
      draft.set('^type', `Microsoft.Network/privateDnsZones/${type}`, origin)
      const fqdn = set.text('fqdn')
      if (fqdn !== undefined) draft.set('fqdn', fqdn, at(set, 'fqdn'))
      for (const text of set.texts('ip_addresses')) {
        const record = draft.nested(at(set, 'ip_addresses'), false)
        record.set(type === 'A' ? 'ipv4Address' : 'ipv6Address', text, at(set, 'ip_addresses'))
        draft.list(type === 'A' ? 'aRecords' : 'aaaaRecords').push(record.object)
      }
      drafts.push(draft)
    }
  }
  return drafts
}
