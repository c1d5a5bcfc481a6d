import type { ResourceTable } from './table.ts'
import { APPLICATION_GATEWAY } from './tables-application-gateway.ts'
import { DNS } from './tables-dns.ts'
import { FIREWALL } from './tables-firewall.ts'
import { GATEWAY } from './tables-gateway.ts'
import { HUB_TABLES } from './tables-hub.ts'
import { LOAD_BALANCER } from './tables-load-balancer.ts'
import { MACHINE_TABLES } from './tables-machine.ts'
import { MANAGER_TABLES } from './tables-manager.ts'
import { NETWORK } from './tables-network.ts'
import { SERVICE } from './tables-service.ts'

/** Every resource type that becomes an ARM resource, by its Terraform name. */
export const TABLES: ReadonlyMap<string, ResourceTable> = new Map(
  Object.entries({
    ...{ ...NETWORK, ...FIREWALL, ...GATEWAY, ...HUB_TABLES, ...MANAGER_TABLES },
    ...{ ...LOAD_BALANCER, ...APPLICATION_GATEWAY, ...DNS, ...SERVICE, ...MACHINE_TABLES },
  }),
)
