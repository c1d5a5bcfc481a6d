import type { ForwardTarget } from '../../model/index.ts'
import { parseIp } from '../../net/index.ts'

/** The server a text names: an address, with `%interface` or `:port` behind it; `undefined` for other texts. */
export function serverTarget(text: string): ForwardTarget | undefined {
  const bare = text.trim().replace(/%.*$/, '')
  const whole = parseIp(bare)
  if (whole !== undefined) return { kind: 'server', ip: whole, port: 53 }
  const parts = /^([\d.]+):(\d{1,5})$/.exec(bare)
  const ip = parts?.[1] === undefined ? undefined : parseIp(parts[1])
  return ip === undefined ? undefined : { kind: 'server', ip, port: Number(parts?.[2]) }
}
