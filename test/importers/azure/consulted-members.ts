import { Body } from '../../../src/importers/azure/estate/body.ts'

/** How a member is read: what type it is to be. */
export type Accessor = 'flag' | 'text' | 'number' | 'child' | 'children' | 'texts' | 'reference' | 'references'

/** A member that lowering asks for, whether it is there or not. */
export interface Member {
  /** A JSON pointer into the bodies. */
  readonly pointer: string
  readonly accessor: Accessor
  /** Where it stands in any body of its type: `microsoft.network/loadbalancers loadbalancingrules enablefloatingip`. */
  readonly path: string
}

const ACCESSORS: readonly Accessor[] = [
  'flag',
  'text',
  'number',
  'child',
  'children',
  'texts',
  'reference',
  'references',
]

/** The members that a piece of work asks bodies for, each once, in the order asked; `bodies` are what it reads. */
export function consulted(bodies: readonly unknown[], work: () => void): readonly Member[] {
  const found = new Map<string, Member>()
  const methods = Body.prototype as unknown as Record<Accessor, (this: Body, key: string) => unknown>
  const kept = ACCESSORS.map((name) => [name, methods[name]] as const)
  for (const [name, method] of kept) {
    methods[name] = function (key) {
      const member = memberOf(bodies, this, key, name)
      if (member && !found.has(member.pointer)) found.set(member.pointer, member)
      return method.call(this, key)
    }
  }
  try {
    work()
  } finally {
    for (const [name, method] of kept) methods[name] = method
  }
  return [...found.values()]
}

function memberOf(bodies: readonly unknown[], part: Body, key: string, accessor: Accessor): Member | undefined {
  if (key === 'id' || key === 'type' || key === 'name') return undefined
  const there = part.unnoticed().raw(key) !== undefined
  const source = part.source(there ? key : undefined)
  if (source.kind !== 'pointer') return undefined
  const inner = (part.value as { properties?: unknown }).properties
  const home = typeof inner === 'object' && inner !== null ? '/properties' : ''
  const pointer = there ? source.pointer : `${source.pointer}${home}/${escaped(key)}`
  return { pointer, accessor, path: pathOf(bodies, pointer) }
}

/** The same member of other bodies has the same path: positions and `properties` are left out. */
function pathOf(bodies: readonly unknown[], pointer: string): string {
  const [, first = '', ...rest] = pointer.split('/')
  const type = String((bodies[Number(first)] as { type?: unknown } | undefined)?.type ?? '?').toLowerCase()
  return [
    type,
    ...rest.filter((one) => one !== 'properties' && !/^\d+$/.test(one)).map((one) => one.toLowerCase()),
  ].join(' ')
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')
const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** The value a pointer leads to; `undefined` when nothing is there. */
export function valueAt(bodies: unknown, pointer: string): unknown {
  const parts = pointer.split('/').slice(1).map(unescaped)
  return parts.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    bodies,
  )
}

/** The bodies with one member replaced; `undefined` takes it away. The rest is shared with what was given. */
export function withMember<T>(bodies: T, pointer: string, value: unknown): T {
  return replaced(bodies, pointer.split('/').slice(1).map(unescaped), value) as T
}

function replaced(at: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  if (Array.isArray(at)) return at.map((one, index) => (String(index) === first ? replaced(one, rest, value) : one))
  const { [first]: old, ...others } = (typeof at === 'object' && at !== null ? at : {}) as Record<string, unknown>
  const made = replaced(old, rest, value)
  return made === undefined ? others : { ...others, [first]: made }
}
