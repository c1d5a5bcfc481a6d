import { type Device, implied, type Route } from '../model/index.ts'
import { type Ip, isIp4, prefix } from '../net/index.ts'
import { INTERNET } from './internet.ts'
import { PUBLIC_RESOLVER } from './public-dns.ts'

/** Default routes to the internet, for the families of some addresses. */
export function toInternet(own: readonly Ip[]): Route[] {
  const families = [own.some(isIp4) ? '0.0.0.0/0' : '', own.some((one) => !isIp4(one)) ? '::/0' : '']
  return families.flatMap((text): Route[] => {
    if (text === '') return []
    const source = implied('a public host reaches the internet directly')
    const nextHop = { kind: 'device', device: INTERNET } as const
    return [{ prefix: prefix(text), nextHop, distance: 1, metric: 0, origin: 'internet', source }]
  })
}

/** The stub resolver of a public host of which nothing else is said. */
export function askingPublicDns(): NonNullable<Device['stubResolver']> {
  const source = implied('a public host asks some resolver of public DNS')
  return { servers: [{ ip: PUBLIC_RESOLVER, source }], hosts: [], search: [], ndots: 1, label: 'public DNS' }
}
