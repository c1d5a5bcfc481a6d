import type { Source } from '../../model/index.ts'
import { type Ip, parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { lineSource } from './read.ts'

/** A name and its address from a hosts file or a reservation; the name may lack its domain (see expand-hosts). */
export interface HostEntry {
  readonly name: string
  readonly ip: Ip
  readonly source: Source
}

/** A server a resolv.conf names. */
export interface NameServer {
  readonly ip: Ip
  readonly source: Source
}

/** The names of a hosts file (hosts(5)): an address, then names, up to `#`. Lines of another form are left out. */
export function readHosts(file: TextFile): HostEntry[] {
  const entries: HostEntry[] = []
  file.text.split('\n').forEach((line, index) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const ip = parseIp(address ?? '')
    if (ip === undefined) return
    const source = lineSource(file, index + 1, line.search(/\S/) + 1, line)
    for (const name of names) entries.push({ name: name.toLowerCase().replace(/\.$/, ''), ip, source })
  })
  return entries
}

/** The servers of a resolv.conf (resolv.conf(5)), in order. */
export function readNameServers(file: TextFile): NameServer[] {
  const servers: NameServer[] = []
  file.text.split('\n').forEach((line, index) => {
    const ip = parseIp(/^\s*nameserver\s+([^\s#;%]+)/.exec(line)?.[1] ?? '')
    if (ip !== undefined) servers.push({ ip, source: lineSource(file, index + 1, line.search(/\S/) + 1, line) })
  })
  return servers
}
