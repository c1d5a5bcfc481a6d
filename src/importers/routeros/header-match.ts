import type { Match } from '../../model/index.ts'

const FLAGS: Readonly<Record<string, string>> = { fin: 'F', syn: 'S', rst: 'R', psh: 'P', ack: 'A', urg: 'U' }

/** The match of `tcp-flags=syn,!ack`: flags that must be set, and with `!` those that must not; others do not matter. */
export function tcpFlagsMatch(value: string): Match | undefined {
  let mask = ''
  let set = ''
  for (const word of value.split(',')) {
    const unset = word.startsWith('!')
    const name = unset ? word.slice(1) : word
    const letter = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
    if (letter === undefined) return undefined
    mask += letter
    if (!unset) set += letter
  }
  return { kind: 'tcp-flags', mask, set }
}

/**
 * The match of `ttl=equal:1`, `hop-limit=less-than:2` where it is for packets that have run out of hops: no sender
 * starts that low, so what a trace follows never meets it. Other limits depend on the sender: `undefined`.
 */
export function hopLimitMatch(value: string): Match | undefined {
  const parts = /^(equal|less-than):(\d{1,3})$/.exec(value)
  if (!parts) return undefined
  const most = Number(parts[2]) - (parts[1] === 'less-than' ? 1 : 0)
  return most <= 1 ? { kind: 'some', of: [] } : undefined
}

/** The match of `icmp-options=8:0-255`, `3:4`, `any`: type, then code or codes; `protocol` is ICMP or ICMPv6. */
export function icmpMatch(value: string, protocol: number): Match | undefined {
  if (value === 'any') return { kind: 'protocol', in: [protocol] }
  const parts = /^(\d{1,3})(?::(?:(\d{1,3})(?:-(\d{1,3}))?|any))?$/.exec(value)
  if (!parts) return undefined
  const type = Number(parts[1])
  if (parts[2] === undefined) return { kind: 'icmp-type', in: [{ type }] }
  const first = Number(parts[2])
  const last = parts[3] === undefined ? first : Number(parts[3])
  if (type > 255 || last > 255 || first > last) return undefined
  if (first === 0 && last === 255) return { kind: 'icmp-type', in: [{ type }] }
  const codes = Array.from({ length: last - first + 1 }, (_, index) => ({ type, code: first + index }))
  return { kind: 'icmp-type', in: codes }
}
