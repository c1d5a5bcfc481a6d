import type { Action, Rewrite } from '../../model/index.ts'
import { ip, type PortRange, parseIp, parsePortRange, parsePrefix } from '../../net/index.ts'
import type { RuleContext } from './rule-context.ts'
import type { Extension } from './rule-words.ts'

/**
 * DNAT, SNAT, MASQUERADE, REDIRECT, NETMAP (iptables-extensions(8)). `undefined` when the value is not understood, or
 * when the rule is reached from a chain where the kernel would refuse the target.
 */
export function natAction(target: Extension, context: RuleContext): Action | undefined {
  const side = sideOf(context)
  const value = (name: string) => target.options.filter((option) => option.name === name)
  switch (target.name) {
    case 'DNAT':
      return side === 'destination' ? rewriteTo('rewrite-destination', value('to-destination')) : undefined
    case 'SNAT':
      return side === 'source' ? rewriteTo('rewrite-source', value('to-source')) : undefined
    case 'MASQUERADE':
      return side === 'source' ? ownAddress('rewrite-source', { kind: 'own-address' }, target) : undefined
    case 'REDIRECT':
      return side === 'destination' ? ownAddress('rewrite-destination', redirectTarget(context), target) : undefined
    default:
      return netmap(side, value('to')[0]?.values[0])
  }
}

/** Destinations are rewritten in PREROUTING and OUTPUT, sources in POSTROUTING and INPUT; unknown when both lead here. */
function sideOf(context: RuleContext): 'source' | 'destination' | undefined {
  if (context.table !== 'nat') return undefined
  const destination = context.from.has('PREROUTING') || context.from.has('OUTPUT')
  const source = context.from.has('POSTROUTING') || context.from.has('INPUT')
  if (destination && source) return undefined
  // A chain nobody jumps to is never met; either reading is harmless.
  return source ? 'source' : 'destination'
}

/** For packets made here REDIRECT means 127.0.0.1; for others the address of the interface they came in by. */
function redirectTarget(context: RuleContext): Rewrite {
  const local = context.from.has('OUTPUT') && !context.from.has('PREROUTING')
  if (!local) return { kind: 'own-address' }
  const loopback = ip(context.family === 4 ? '127.0.0.1' : '::1')
  return { kind: 'address', first: loopback, last: loopback }
}

type Kind = 'rewrite-source' | 'rewrite-destination'

function ownAddress(kind: Kind, to: Rewrite, target: Extension): Action | undefined {
  const option = target.options.find((one) => one.name === 'to-ports')
  if (!option) return { kind, to }
  const ports = parsePortRange(option.values[0] ?? '')
  return ports && { kind, to, ports }
}

function rewriteTo(kind: Kind, options: Extension['options']): Action | undefined {
  const text = options[0]?.values[0]
  // Kernels before 2.6.11 took several and picked one.
  if (text === undefined || options.length > 1) return undefined
  const { addresses, ports } = splitPorts(text)
  const range = ports === undefined ? undefined : parsePortRange(ports)
  const to = addresses === '' ? ({ kind: 'same' } as const) : addressRange(addresses)
  if (!to || (ports !== undefined && !range) || (ports === undefined && addresses === '')) return undefined
  return withPorts(kind, to, range)
}

function withPorts(kind: Kind, to: Rewrite, ports: PortRange | undefined): Action {
  return ports ? { kind, to, ports } : { kind, to }
}

/** `10.0.0.1:80-90`, `[2001:db8::1]:80`, `:8080`, `10.0.0.1-10.0.0.9`. */
function splitPorts(text: string): { addresses: string; ports: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?:-\[([^\]]*)\])?(?::(.*))?$/.exec(text)
  if (bracketed) {
    const addresses = bracketed[2] === undefined ? bracketed[1] : `${bracketed[1]}-${bracketed[2]}`
    return { addresses: addresses ?? '', ports: bracketed[3] }
  }
  const colon = text.indexOf(':')
  if (colon === -1 || text.indexOf(':', colon + 1) !== -1) return { addresses: text, ports: undefined }
  return { addresses: text.slice(0, colon), ports: text.slice(colon + 1) }
}

function addressRange(text: string): Rewrite | undefined {
  const dash = text.indexOf('-')
  const first = parseIp(dash === -1 ? text : text.slice(0, dash))
  const last = dash === -1 ? first : parseIp(text.slice(dash + 1))
  return first === undefined || last === undefined ? undefined : { kind: 'address', first, last }
}

function netmap(side: 'source' | 'destination' | undefined, text: string | undefined): Action | undefined {
  const prefix = text === undefined ? undefined : parsePrefix(text)
  if (!prefix || side === undefined) return undefined
  const to: Rewrite = { kind: 'prefix', prefix }
  return { kind: side === 'source' ? 'rewrite-source' : 'rewrite-destination', to }
}
