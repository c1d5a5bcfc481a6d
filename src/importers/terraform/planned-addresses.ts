import { parseIp } from '../../net/index.ts'
import { type Block, isObject, memberOf, type Telling } from './block.ts'
import { ExpressionWalk, type Leaf } from './expression-walk.ts'
import type { Instance } from './instance.ts'
import type { References } from './references.ts'

/** The addresses that a Terraform object will have, by the object: a configuration, a public address, an endpoint. */
export type AddressesOf = ReadonlyMap<object, readonly string[]>

// Attributes that hold one address. A list of which not even the length is known may hold constants beside what its
// expression names, so it is told for records alone, where both in one set would be odd.
const ONE_ADDRESS =
  /(?:^|_)ip(?:_address)?$|^(?:gateway|translated|destination)_address$|^(?:source|destination)_address_prefix$/
const LISTS = new Set(['records'])

/** Tells attributes whose expressions name nothing but addresses of other resources of a plan. */
export class PlannedAddresses {
  readonly #own: AddressesOf
  readonly #walk: ExpressionWalk
  readonly #references: References
  readonly #interfaces: readonly Instance[]

  constructor(instances: readonly Instance[], references: References, own: AddressesOf) {
    this.#own = own
    this.#walk = new ExpressionWalk(instances)
    this.#references = references
    this.#interfaces = instances.filter((one) => one.type === 'azurerm_network_interface' && !one.isGone)
  }

  /** The instance, with such attributes told. */
  told(instance: Instance): Instance {
    const known = new WeakMap<object, Map<string, ReturnType<Telling>>>()
    const telling: Telling = (block, key) => {
      const keys = known.get(block.value) ?? new Map<string, ReturnType<Telling>>()
      known.set(block.value, keys)
      if (!keys.has(key)) keys.set(key, this.#tell(instance, block, key))
      return keys.get(key)
    }
    return instance.scope ? { ...instance, block: instance.block.toldBy(telling) } : instance
  }

  #tell(instance: Instance, block: Block, key: string): ReturnType<Telling> {
    const texts = block.referencesOf(key)
    const value = memberOf(block.value, key) ?? undefined
    if (texts.length === 0 || !(Array.isArray(value) || (value === undefined && isAddress(key)))) return undefined
    const { found, complete } = this.#walk.follow(instance, texts, this.#leaf, 0, true)
    const addresses = [...new Set(found)]
    const [only] = addresses
    if (!complete || only === undefined) return undefined
    if (Array.isArray(value)) return filled(value, addresses, block.unknownCount(key))
    if (LISTS.has(key)) return addresses
    return addresses.length === 1 ? only : undefined
  }

  readonly #leaf: Leaf = (targets, references) => {
    const rests = references.map((one) => one.rest)
    const longest = [...new Set(rests.filter((one) => !rests.some((other) => other.startsWith(`${one}.`))))]
    const named = longest.filter((one) => one !== '' || longest.length === 1)
    const [target] = targets
    const [rest] = named
    const address =
      targets.length === 1 && named.length === 1 && target ? this.#addressAt(target, rest ?? '') : undefined
    return address === undefined ? { found: [], complete: false } : { found: [address], complete: true }
  }

  /** The address in an attribute, by its path from the resource. */
  #addressAt(instance: Instance, path: string): string | undefined {
    const parts = path.split('.')
    const last = parts.pop() ?? ''
    const holder = parts.reduce<unknown>(step, instance.block.value)
    const stated = step(holder, last)
    if (typeof stated === 'string') return parseIp(stated) === undefined ? undefined : stated
    const isOwn = /^(?:private_)?ip_address$/.test(last) && isObject(holder)
    const own = isOwn ? onlyOf(this.#own.get(holder)) : undefined
    return own ?? this.#summary(instance, path)
  }

  /** Attributes of a resource that repeat what one of its configurations has. */
  #summary(instance: Instance, path: string): string | undefined {
    const { type, block } = instance
    const list = /^private_ip_addresses(?:\.\[(\d+)\])?$/.exec(path)
    const isFirst = path === 'private_ip_address'
    if (type === 'azurerm_network_interface' && (list || isFirst)) {
      const all = block.blocks('ip_configuration').map((one) => this.#of(one.block))
      return list && list[1] === undefined ? onlyOf(all) : all[Number(list?.[1] ?? 0)]
    }
    if (type === 'azurerm_lb' && (list || isFirst)) {
      const all = block.blocks('frontend_ip_configuration').map((one) => this.#of(one.block))
      return onlyOf(all)
    }
    if (type === 'azurerm_private_endpoint' && ENDPOINT.test(path)) {
      const fixed = block.blocks('ip_configuration').map((one) => one.block.text('private_ip_address'))
      return onlyOf(fixed.length > 0 ? fixed : this.#own.get(block.value))
    }
    return /_virtual_machine$/.test(type) && (list || isFirst) ? this.#ofMachine(instance) : undefined
  }

  /** A machine repeats what its network interface has, where there is one only. */
  #ofMachine(machine: Instance): string | undefined {
    const { ids, complete } = this.#references.resolve(machine, machine.block, 'network_interface_ids')
    const [id] = ids
    const found = this.#interfaces.filter((one) => this.#references.idOf(one).toLowerCase() === id?.toLowerCase())
    const [nic] = found
    return complete && ids.length === 1 && nic ? this.#summary(nic, 'private_ip_addresses') : undefined
  }

  #of(block: Block): string | undefined {
    return block.text('private_ip_address') ?? onlyOf(this.#own.get(block.value))
  }
}

const ENDPOINT =
  /^(?:private_service_connection\.\[0\]\.private_ip_address|custom_dns_configs\.\[0\]\.ip_addresses(?:\.\[0\])?)$/

function isAddress(key: string): boolean {
  return ONE_ADDRESS.test(key) || LISTS.has(key)
}

/** A list with what is unknown of it filled in; `undefined` when it is not as many as are told. */
function filled(value: readonly unknown[], addresses: readonly string[], count: number | undefined) {
  const rest = [...addresses]
  const all = value.map((one) => (one === null ? rest.shift() : one))
  const fits = addresses.length === count && rest.length === 0
  return fits && all.every((one) => typeof one === 'string') ? all : undefined
}

function step(value: unknown, part: string): unknown {
  const index = /^\[(\d+)\]$/.exec(part)?.[1]
  if (index !== undefined) return Array.isArray(value) ? value[Number(index)] : undefined
  return memberOf(value, part)
}

function onlyOf(list: readonly (string | undefined)[] | undefined): string | undefined {
  return list?.length === 1 ? list[0] : undefined
}
