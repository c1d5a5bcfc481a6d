import type { Source } from '../../../model/index.ts'
import { type Prefix, parsePrefix } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { Estate } from './estate.ts'
import { perEstate } from './per-estate.ts'
import { prefixKey } from './prefix-key.ts'
import { fileNamed } from './printed-row.ts'

/** A prefix that the routers at the other end of a circuit announced to it. */
export interface CircuitRoute {
  readonly prefix: Prefix
  /** How many networks the announcement passed. */
  readonly pathLength: number
  readonly source: Source
}

/** Whether a row is one of a circuit's route table: what `az network express-route list-route-tables` prints. */
export function isCircuitRow(row: object): boolean {
  return 'network' in row && 'path' in row && ('locPrf' in row || 'weight' in row) && !('localAddress' in row)
}

/** Whether a row is one of a circuit's summary, which counts prefixes and holds none: `list-route-tables-summary`. */
export function isCircuitSummaryRow(row: object): boolean {
  return 'neighbor' in row && 'statePfxRcd' in row
}

// VNet gateways and virtual hubs announce from this network (Learn: About BGP with VPN Gateway; ExpressRoute FAQ).
const AZURE = '65515'

const byCircuit = perEstate((estate) => {
  const rows = new Map<string, Body[]>()
  const circuits = estate.ofType('microsoft.network/expressroutecircuits')
  for (const row of estate.printedRows.filter((one) => isCircuitRow(one.value))) {
    const circuit = fileNamed(row, circuits)
    if (circuit) {
      const id = circuit.id.toLowerCase()
      rows.set(id, [...(rows.get(id) ?? []), row])
      continue
    }
    const message = `routes of a circuit in ${row.file} are left out: put the name of the circuit into the file's name`
    estate.report(row.diagnostic('warning', 'NT1670', message, 'network'))
  }
  return rows
})

/** Reports rows of route tables that are no circuit's of the export, and summaries, which hold no prefixes. */
export function placeCircuitRows(estate: Estate): void {
  byCircuit(estate)
  const counted = new Map(
    estate.printedRows.filter((one) => isCircuitSummaryRow(one.value)).map((row) => [row.file, row]),
  )
  for (const row of counted.values()) {
    const message = `${row.file} counts the prefixes of a circuit and holds none: az network express-route list-route-tables prints them`
    estate.report(row.diagnostic('warning', 'NT1671', message, 'statePfxRcd'))
  }
}

/**
 * What a circuit learned from the other side; `undefined` when no file holds its route table. What Azure itself announces
 * on the circuit is not among it.
 */
export function circuitRoutes(estate: Estate, circuit: string | undefined): readonly CircuitRoute[] | undefined {
  const rows = circuit === undefined ? undefined : byCircuit(estate).get(circuit)
  if (!rows) return undefined
  const best = new Map<string, CircuitRoute>()
  for (const route of rows.flatMap((row) => circuitRoute(estate, row))) {
    const known = best.get(prefixKey(route.prefix))
    if (!known || route.pathLength < known.pathLength) best.set(prefixKey(route.prefix), route)
  }
  return [...best.values()]
}

function circuitRoute(estate: Estate, row: Body): CircuitRoute[] {
  const text = row.text('network') ?? ''
  const prefix = parsePrefix(text.includes('/') || text !== '0.0.0.0' ? text : '0.0.0.0/0')
  if (!prefix) {
    estate.report(row.diagnostic('warning', 'NT1602', `"${text}" is not an address prefix`, 'network'))
    return []
  }
  const path = (row.text('path') ?? '').split(/[^\d]+/).filter((one) => one !== '')
  return path[0] === AZURE ? [] : [{ prefix, pathLength: path.length, source: row.source('network') }]
}
