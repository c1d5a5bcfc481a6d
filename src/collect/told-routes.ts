import { ReadFailure } from './read-failure.ts'
import { pathOf, type ResourcePlace } from './resource-place.ts'
import type { Road } from './road.ts'

const VERSION = '2025-05-01'
const INTERFACE = 'microsoft.network/networkinterfaces'

/** What somebody is asked for beside resources: what a router told, what is in force on an interface. */
export type RouteAnswer = 'learned-routes' | 'effective-routes'

/** Something that tells its routes when it is asked: an operation that the role Reader does not allow. */
export interface Teller {
  readonly answer: RouteAnswer
  /** What it tells, in words: `learned routes of virtual network gateway`. */
  readonly words: string
  /** The same with the Azure command line tool; `$ID` and the like are its own. */
  readonly command: string
  /** Which of them tell. Absent = all. */
  readonly when?: Condition
  /** What is asked of one, below its own path, by a word that tells them apart; empty when there is one. */
  readonly operations: Readonly<Record<string, string>>
}

interface Condition {
  readonly holds: (properties: Readonly<Record<string, unknown>>) => boolean
  /** The same for jq, of the whole body. */
  readonly jq: string
}

const az = (words: string, more: string) =>
  `az network ${words} --subscription "$SUBSCRIPTION" --resource-group "$GROUP" ${more} -o json`

const CIRCUIT: Condition = {
  holds: ({ peerings }) => JSON.stringify(peerings ?? '').includes('AzurePrivatePeering'),
  jq: '.properties.peerings | tostring | contains("AzurePrivatePeering")',
}

/**
 * Who tells, by type (Learn: Virtual Network Gateways - Get Learned Routes, Virtual Hub Bgp Connections - List Learned Routes,
 * Express Route Circuits - List Routes Table, Network Interfaces - Get Effective Route Table).
 */
export const TELLERS: ReadonlyMap<string, Teller> = new Map<string, Teller>([
  [
    'microsoft.network/virtualnetworkgateways',
    {
      answer: 'learned-routes',
      words: 'learned routes of virtual network gateway',
      command: az('vnet-gateway list-learned-routes', '--name "$NAME"'),
      operations: { '': 'getLearnedRoutes' },
    },
  ],
  [
    'microsoft.network/virtualhubs/bgpconnections',
    {
      answer: 'learned-routes',
      words: 'learned routes of BGP connection',
      command: az(
        'routeserver peering list-learned-routes',
        '--routeserver "$(echo "$ID" | cut -d/ -f9)" --name "$NAME"',
      ),
      operations: { '': 'learnedRoutes' },
    },
  ],
  [
    'microsoft.network/expressroutecircuits',
    {
      answer: 'learned-routes',
      words: 'route table of circuit',
      command: az(
        'express-route list-route-tables',
        '--name "$NAME" --path primary --peering-name AzurePrivatePeering',
      ),
      when: CIRCUIT,
      operations: {
        primary: 'peerings/AzurePrivatePeering/routeTables/primary',
        secondary: 'peerings/AzurePrivatePeering/routeTables/secondary',
      },
    },
  ],
  [
    INTERFACE,
    {
      answer: 'effective-routes',
      words: 'effective routes of network interface',
      command: az('nic show-effective-route-table', '--name "$NAME"'),
      // Azure answers for interfaces of running machines alone.
      when: {
        holds: ({ virtualMachine }) => virtualMachine !== undefined && virtualMachine !== null,
        jq: '.properties.virtualMachine != null',
      },
      operations: { '': 'effectiveRouteTable' },
    },
  ],
])

/**
 * What one tells, with the rows of its lists in order, so that equal rows are equal bytes; `undefined` where the machine of an
 * interface does not run, as no route is in force there then. Throws a ReadFailure.
 */
export async function toldRoutes(
  road: Road,
  place: ResourcePlace,
  operation: string,
  pollMilliseconds = 2000,
): Promise<object | undefined> {
  const url = `${road.endpoint}${pathOf(place)}/${operation}?api-version=${VERSION}`
  try {
    const answer = await road.operation(url, pollMilliseconds)
    return typeof answer === 'object' && answer !== null ? sorted(answer) : {}
  } catch (error) {
    const { status } = error instanceof ReadFailure ? error.facts : {}
    // The code of that refusal is not documented; 400 and 409 are what such a request can be refused with.
    if (place.type === INTERFACE && (status === 400 || status === 409)) return undefined
    throw error
  }
}

function sorted(answer: object): object {
  const key = (row: unknown) => JSON.stringify(row)
  const inOrder = (rows: readonly unknown[]) =>
    [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return Object.fromEntries(
    Object.entries(answer).map(([name, rows]) => [name, Array.isArray(rows) ? inOrder(rows) : rows]),
  )
}
