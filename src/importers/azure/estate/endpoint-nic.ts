import type { Body } from './body.ts'
import type { Estate } from './estate.ts'
import { perEstate } from './per-estate.ts'

const named = perEstate(
  (estate) =>
    new Set(estate.ofType('microsoft.network/privateendpoints').flatMap((one) => one.references('networkInterfaces'))),
)

/** Whether a network interface is a private endpoint's: it says so, or an endpoint of the export names it. */
export function isEndpointNic(estate: Estate, nic: Body): boolean {
  return nic.has('privateEndpoint') || named(estate).has(nic.id.toLowerCase())
}
