import type { DhcpRange } from '../../model/index.ts'
import { type Ip, isIp4, parseIp } from '../../net/index.ts'
import type { DnsmasqOption } from './option.ts'

const NUMBERS: Readonly<Record<string, string>> = {
  router: '3',
  'dns-server': '6',
  'domain-name': '15',
  'domain-search': '119',
}

/**
 * What each `dhcp-range` offers (dnsmasq(8), --dhcp-range, --dhcp-option): the options that are for all clients. Without
 * an option for them gateway and name server are the server's own address there. Ranges and options for some clients
 * alone are left out.
 */
export function dhcpRanges(options: readonly DnsmasqOption[]): DhcpRange[] {
  const told = new Map<string, readonly string[]>()
  for (const { name, value } of options) {
    const [first = '', ...values] = value.split(',').map((one) => one.trim())
    if (!/^dhcp-option(?:-force)?$/.test(name) || /^(?:tag|net|vendor|encap|vi-encap|option6):/.test(first)) continue
    const word = first.replace(/^option:/, '')
    told.set(NUMBERS[word] ?? word, values)
  }
  const domain = options.find((one) => one.name === 'domain' && !one.value.includes(','))?.value
  const search = told.get('119') ?? told.get('15') ?? (domain === undefined || domain === '#' ? [] : [domain])
  return options.flatMap((option): DhcpRange[] => {
    if (option.name !== 'dhcp-range' || /(?:^|,)(?:tag|net|set):/.test(option.value)) return []
    const [first, last] = option.value.split(',').map((one) => parseIp(one.trim()))
    if (first === undefined || !isIp4(first)) return []
    const gateway = told.has('3') ? parseIp(told.get('3')?.[0] ?? '') : undefined
    const servers = told.get('6')?.map((one) => parseIp(one))
    // The address 0.0.0.0 means the server's own (dnsmasq(8), --dhcp-option).
    const isOwn = (ip: Ip | undefined) => ip === 0
    return [
      {
        first,
        offer: {
          nameServers: (servers ?? []).filter((ip) => ip !== undefined && !isOwn(ip)).flatMap((ip) => ip ?? []),
          ...(gateway !== undefined && !isOwn(gateway) && { gateway }),
          search: search.filter((one) => one !== '').map((one) => one.toLowerCase().replace(/\.$/, '')),
          ...(last !== undefined && isIp4(last) && { pool: { first, last } }),
          source: option.source,
        },
        ...((!told.has('3') || isOwn(gateway)) && { gatewayIsOwn: true as const }),
        ...((!servers || servers.some(isOwn)) && { nameServerIsOwn: true as const }),
      },
    ]
  })
}
