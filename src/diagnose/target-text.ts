import { hasPorts, ICMP, type Protocol, parseProtocol, TCP } from '../net/index.ts'
import { UsageError } from './usage-error.ts'

/** What a person typed as the far end: a name or address, and perhaps a port and a protocol. */
export interface TargetText {
  readonly host: string
  /** Absent: none was typed and no URL scheme gives one. */
  readonly port?: number
  /** Absent: none was typed. */
  readonly protocol?: Protocol
}

const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  wss: 443,
  ws: 80,
  ftp: 21,
  ssh: 22,
  sftp: 22,
  smb: 445,
  amqps: 5671,
  amqp: 5672,
  mqtts: 8883,
  mqtt: 1883,
  abfss: 443,
  wasbs: 443,
  jdbc: 1433,
  postgres: 5432,
  mysql: 3306,
  rdp: 3389,
  azureml: 443,
}

/**
 * Reads `host[:port][/protocol]` or a URL. IPv6 with a port is `[::1]:443`. A resource id keeps its slashes: only a last
 * part that names a protocol counts as one. Throws a UsageError for a port or scheme that is none.
 */
export function readTarget(text: string): TargetText {
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?/i.exec(text)
  if (url) return urlTarget(text, url[1] ?? '', url[2] ?? '', url[3])
  const { rest, protocol } = splitProtocol(text)
  const { host, port } = splitPort(rest)
  if (host === '') throw new UsageError(`"${text}" names no host`)
  if (port !== undefined && protocol !== undefined && !hasPorts(protocol)) {
    throw new UsageError(`"${text}": a port goes with tcp or udp only`)
  }
  return { host, ...(port !== undefined && { port }), ...(protocol !== undefined && { protocol }) }
}

/** The protocol and port a question means when it says no more: tcp with a port, an ICMP echo without one. */
export function withDefaults(
  target: TargetText,
  servicePort: number | undefined,
): { protocol: Protocol; port: number } {
  const port = target.port ?? (target.protocol === undefined || target.protocol === TCP ? servicePort : undefined)
  const protocol = target.protocol ?? (port === undefined ? ICMP : TCP)
  if (hasPorts(protocol) && port === undefined)
    throw new UsageError(`which port of "${target.host}"? Write ${target.host}:443`)
  return { protocol, port: hasPorts(protocol) ? (port ?? 0) : 0 }
}

function urlTarget(text: string, scheme: string, host: string, port: string | undefined): TargetText {
  const known = port === undefined ? SCHEME_PORTS[scheme.toLowerCase()] : checkedPort(text, port)
  if (known === undefined) throw new UsageError(`"${text}": which port does ${scheme}:// use? Write ${host}:PORT`)
  return { host: host.replace(/^\[|\]$/g, ''), port: known, protocol: TCP }
}

function splitProtocol(text: string): { rest: string; protocol?: Protocol } {
  const slash = text.lastIndexOf('/')
  const protocol = slash > 0 ? parseProtocol(text.slice(slash + 1)) : undefined
  // 10.0.0.0/8 is a prefix somebody typed by mistake, not protocol 8.
  if (protocol === undefined || /^\d+$/.test(text.slice(slash + 1))) return { rest: text }
  return { rest: text.slice(0, slash), protocol }
}

function splitPort(text: string): { host: string; port?: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  if (bracketed)
    return { host: bracketed[1] ?? '', ...(bracketed[2] !== undefined && { port: checkedPort(text, bracketed[2]) }) }
  const colon = text.lastIndexOf(':')
  if (colon === -1 || text.indexOf(':') !== colon) return { host: text }
  const port = text.slice(colon + 1)
  if (!/^\d+$/.test(port))
    throw new UsageError(`"${text}": "${port}" is not a port; write a number, such as ${text.slice(0, colon)}:443`)
  return { host: text.slice(0, colon), port: checkedPort(text, port) }
}

function checkedPort(text: string, digits: string): number {
  const port = Number(digits)
  if (port < 1 || port > 65535) throw new UsageError(`"${text}": ports go from 1 to 65535`)
  return port
}
