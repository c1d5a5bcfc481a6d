import type { ResourceTable } from './table.ts'
import { DNS } from './tables-dns.ts'
import { FIREWALL } from './tables-firewall.ts'
import { GATEWAY } from './tables-gateway.ts'
import { LOAD_BALANCER } from './tables-load-balancer.ts'
import { NETWORK } from './tables-network.ts'
import { SERVICE } from './tables-service.ts'

/** Every resource type that becomes an ARM resource, by its Terraform name. */
export const TABLES: ReadonlyMap<string, ResourceTable> = new Map(
  Object.entries({ ...NETWORK, ...FIREWALL, ...GATEWAY, ...LOAD_BALANCER, ...DNS, ...SERVICE }),
)
