import type { Source } from '../../../model/index.ts'
import { type Prefix, parsePrefix } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { fileNamed } from '../estate/printed-row.ts'
import { isWanHub } from './virtual-hub-network.ts'

/** A row of what a virtual hub has in force, as `az network vhub get-effective-routes` prints it. */
export interface EffectiveHubRoute {
  readonly prefix: Prefix
  /** The lower-case id of what it leads to: a gateway, a connection, another hub. */
  readonly to: string
  readonly pathLength: number
  readonly source: Source
}

/** Whether a row is one of a virtual hub's effective routes. */
export function isHubRow(row: object): boolean {
  return 'addressPrefixes' in row && 'nextHops' in row && 'nextHopType' in row && !('id' in row)
}

const byHub = perEstate((estate) => {
  const rows = new Map<string, Body[]>()
  const byFile = new Map<string, Body[]>()
  for (const row of estate.printedRows.filter((one) => isHubRow(one.value))) {
    byFile.set(row.file, [...(byFile.get(row.file) ?? []), row])
  }
  for (const list of byFile.values()) {
    const hub = hubOfRows(estate, list)
    const [first] = list
    if (hub) {
      const id = hub.id.toLowerCase()
      rows.set(id, [...(rows.get(id) ?? []), ...list])
    } else if (first) {
      const message = `effective routes of a virtual hub in ${first.file} are left out: put the name of the hub into the file's name`
      estate.report(first.diagnostic('warning', 'NT1670', message))
    }
  }
  return rows
})

/** Rows do not say whose they are: a connection or gateway they lead to does, else the file's name. */
function hubOfRows(estate: Estate, rows: readonly Body[]): Body | undefined {
  const hubs = estate.ofType('microsoft.network/virtualhubs').filter(isWanHub)
  const named = rows[0] && fileNamed(rows[0], hubs)
  if (named) return named
  const owners = new Set(rows.map((row) => homeOf(estate, row)).filter((one) => one !== undefined))
  return owners.size === 1 ? hubs.find((one) => owners.has(one.id.toLowerCase())) : undefined
}

/** The lower-case id of the hub that a local next hop belongs to. */
function homeOf(estate: Estate, row: Body): string | undefined {
  const [to] = row.texts('nextHops').map((one) => one.toLowerCase())
  const inHub = /^(.*\/virtualhubs\/[^/]+)\/(?:hubvirtualnetworkconnections|bgpconnections)\//.exec(to ?? '')
  return inHub?.[1] ?? estate.byId(to)?.reference('virtualHub')
}

/** Reports the listings that are no hub's of the export, as each file of them is looked at. */
export function placeHubRows(estate: Estate): void {
  byHub(estate)
}

/** The effective routes of a hub; `undefined` when no file holds them. */
export function effectiveHubRoutes(estate: Estate, hub: Body): readonly EffectiveHubRoute[] | undefined {
  const rows = byHub(estate).get(hub.id.toLowerCase())
  return rows?.flatMap((row) => {
    const [to] = row.texts('nextHops').map((one) => one.toLowerCase())
    const pathLength = (row.text('asPath') ?? '').split(/[-\s]+/).filter((one) => one !== '').length
    const source = row.source('addressPrefixes')
    return row.texts('addressPrefixes').flatMap((text) => {
      const prefix = parsePrefix(text)
      if (prefix && to !== undefined) return [{ prefix, to, pathLength, source }]
      estate.report(
        row.diagnostic('warning', 'NT1602', `"${text}" is not a prefix that leads anywhere`, 'addressPrefixes'),
      )
      return []
    })
  })
}
