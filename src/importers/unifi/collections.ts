import type { Diagnostic, Source } from '../../model/index.ts'
import { implied } from '../../model/index.ts'
import { type JsonDocument, readJson, type TextFile } from '../../text/index.ts'
import { type Entry, entriesIn, isRecord, sourceOf } from './entry.ts'

/** What the controller keeps, under the names of its API. */
export type Collection =
  | 'networkconf'
  | 'firewallrule'
  | 'firewallgroup'
  | 'portforward'
  | 'routing'
  | 'wlanconf'
  | 'portconf'
  | 'device'
  | 'setting'
  | 'user'
  | 'firewall-policies'
  | 'firewall-zone'
  | 'trafficrules'
  | 'trafficroutes'
  | 'static-dns'
  | 'site'
  | 'sysinfo'

/** Everything read, by collection. */
export interface Collections {
  readonly entries: ReadonlyMap<Collection, readonly Entry[]>
  /** config.gateway.json: an EdgeOS tree laid over what the controller makes. */
  readonly overlays: readonly Entry[]
  /** What each file that is JSON holds. */
  readonly documents: ReadonlyMap<TextFile, JsonDocument>
  readonly diagnostics: readonly Diagnostic[]
}

interface Reading {
  readonly entries: Map<Collection, Entry[]>
  readonly overlays: Entry[]
  readonly documents: Map<TextFile, JsonDocument>
  readonly diagnostics: Diagnostic[]
}

/**
 * Reads what a controller's API returns: one object whose members are collections, or a file per collection, told by
 * its name or by what its objects look like. A collection is a list, bare or as `data` beside `meta`.
 */
export function readCollections(files: readonly TextFile[]): Collections {
  const reading: Reading = { entries: new Map(), overlays: [], documents: new Map(), diagnostics: [] }
  for (const file of files) readFile(file, reading)
  return reading
}

function readFile(file: TextFile, reading: Reading): void {
  const document = readJson(file.text, file.ledger !== undefined)
  if (document.problem) {
    const { message, place } = document.problem
    // The line itself is not shown: it may hold a passphrase.
    const source: Source = { kind: 'line', file: file.path, ...place, text: '' }
    reading.diagnostics.push({ severity: 'error', code: 'NT1402', message: `not JSON: ${message}`, source })
    return
  }
  reading.documents.set(file, document)
  const add = (collection: Collection, list: readonly unknown[]) => {
    const entries = reading.entries.get(collection) ?? []
    reading.entries.set(collection, [...entries, ...entriesIn(document, file.path, list)])
  }
  const value = document.value
  const list = listIn(value)
  const named = collectionNamed(baseName(file.path))
  if (list) {
    const collection = named ?? list.map(collectionLike).find((one) => one !== undefined)
    if (collection) add(collection, list)
    else if (list.length > 0) unrecognised(file, reading)
    return
  }
  if (!isRecord(value) || !addMembers(value, add)) {
    const one = collectionLike(value)
    if (one) add(one, [value])
    else if (isRecord(value) && isOverlay(value)) reading.overlays.push({ document, file: file.path, value })
    else unrecognised(file, reading)
  }
}

function addMembers(
  value: Readonly<Record<string, unknown>>,
  add: (collection: Collection, list: readonly unknown[]) => void,
): boolean {
  let found = false
  for (const [key, member] of Object.entries(value)) {
    const collection = collectionNamed(key)
    const list = listIn(member)
    if (!collection || !list) continue
    add(collection, list)
    found = true
  }
  return found
}

function unrecognised(file: TextFile, reading: Reading): void {
  const message = `${file.path} is no collection of a UniFi controller (networkconf, firewallrule, firewallgroup, ...).`
  const source: Source = implied(`${file.path} as a whole`)
  reading.diagnostics.push({ severity: 'error', code: 'NT1401', message, source })
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  return isRecord(value) && Array.isArray(value.data) ? value.data : undefined
}

function baseName(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/\.\w+$/, '')
  return file.slice(file.lastIndexOf('__') + 1).replace(/^_/, '')
}

const NAMES: readonly (readonly [string, Collection])[] = [
  ['networkconf', 'networkconf'],
  ['firewallrule', 'firewallrule'],
  ['firewallgroup', 'firewallgroup'],
  ['firewallpolic', 'firewall-policies'],
  ['firewallzone', 'firewall-zone'],
  ['portforward', 'portforward'],
  ['routing', 'routing'],
  ['wlanconf', 'wlanconf'],
  ['portconf', 'portconf'],
  ['statdevice', 'device'],
  ['device', 'device'],
  ['setting', 'setting'],
  ['restsetting', 'setting'],
  ['trafficrule', 'trafficrules'],
  ['trafficroute', 'trafficroutes'],
  ['staticdns', 'static-dns'],
]

function collectionNamed(name: string): Collection | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '')
  if (plain === 'zone' || plain === 'zones') return 'firewall-zone'
  if (plain === 'user' || plain === 'users') return 'user'
  return NAMES.find(([start]) => plain.startsWith(start))?.[1]
}

function collectionLike(value: unknown): Collection | undefined {
  if (!isRecord(value)) return undefined
  const has = (key: string) => Object.hasOwn(value, key)
  if (has('ruleset') && has('action')) return 'firewallrule'
  if (has('group_type')) return 'firewallgroup'
  if (has('purpose')) return 'networkconf'
  if (has('fwd') && has('proto')) return 'portforward'
  if (has('static-route_network')) return 'routing'
  if (has('connection_state_type')) return 'firewall-policies'
  if (has('zone_key') || (has('network_ids') && has('default_zone'))) return 'firewall-zone'
  if (has('target_devices')) return has('kill_switch_enabled') || has('next_hop') ? 'trafficroutes' : 'trafficrules'
  if (has('mac') && has('model')) return 'device'
  if (has('anonymous_controller_id') || has('ubnt_device_type')) return 'sysinfo'
  if (has('desc') && (has('role') || has('attr_hidden_id'))) return 'site'
  if (has('x_passphrase') || has('wpa_mode')) return 'wlanconf'
  return has('record_type') ? 'static-dns' : undefined
}

const EDGEOS = [
  'firewall',
  'interfaces',
  'service',
  'system',
  'protocols',
  'vpn',
  'load-balance',
  'policy',
  'port-forward',
  'zone-policy',
  'traffic-control',
  'traffic-policy',
  'custom-attribute',
]

function isOverlay(value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => EDGEOS.includes(key))
}

/** Whether somebody asked what is read of every line. */
export function isAccounted({ documents }: Collections): boolean {
  return [...documents.values()].some((document) => document.visits !== undefined)
}

/** What a gateway cannot be lowered without, or not well. */
export function missingCollections(collections: Collections): Diagnostic[] {
  const rule = collections.entries.get('firewallrule')?.[0]
  const has = (collection: Collection) => collections.entries.has(collection)
  if (!has('networkconf') && collections.entries.size > 0) {
    const message = 'The collection networkconf is not in the export; without it there are no networks to put rules on.'
    const source = rule ? sourceOf(rule) : implied('the export as a whole')
    return [{ severity: 'error', code: 'NT1403', message, source, othersMissing: true }]
  }
  if (!has('networkconf') || has('firewallrule') || has('firewall-policies')) return []
  const message = 'The collection firewallrule is not in the export; only the predefined rules are known.'
  return [{ severity: 'warning', code: 'NT1404', message, source: implied('the export as a whole') }]
}
