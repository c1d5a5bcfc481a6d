import { isObject, memberOf } from './block.ts'

/** A module as a plan's `configuration` describes it: its resources' expressions, outputs, and the modules it calls. */
export class ConfiguredModule {
  readonly #value: unknown
  readonly #resources = new Map<string, unknown>()
  readonly #managed: { readonly address: string; readonly mayBeThere: boolean }[] = []
  readonly #calls = new Map<string, ConfiguredModule>()
  readonly #possibleCalls = new Set<string>()
  /** The module that calls this one, and the expressions of the call. */
  readonly parent: ConfiguredModule | undefined
  readonly #inputs: unknown

  constructor(value: unknown, parent: ConfiguredModule | undefined, inputs: unknown) {
    this.#value = value
    this.parent = parent
    this.#inputs = inputs
    const resources = memberOf(value, 'resources')
    for (const one of Array.isArray(resources) ? resources : []) {
      const address = memberOf(one, 'address')
      if (typeof address !== 'string') continue
      this.#resources.set(address, memberOf(one, 'expressions'))
      if (memberOf(one, 'mode') === 'managed') this.#managed.push({ address, mayBeThere: mayBeThere(one) })
    }
    const calls = memberOf(value, 'module_calls')
    for (const [name, call] of isObject(calls) ? Object.entries(calls) : []) {
      this.#calls.set(name, new ConfiguredModule(memberOf(call, 'module'), this, memberOf(call, 'expressions')))
      if (mayBeThere(call)) this.#possibleCalls.add(name)
    }
  }

  /** The expressions of a resource, by its address in this module. */
  expressions(address: string): unknown {
    return this.#resources.get(address)
  }

  call(name: string): ConfiguredModule | undefined {
    return this.#calls.get(name)
  }

  /** The resources of this module that Terraform manages. `mayBeThere`: nothing says that there are none of it. */
  managed(): readonly { readonly address: string; readonly mayBeThere: boolean }[] {
    return this.#managed
  }

  /** The modules that it calls; `mayBeThere` as for resources. */
  calls(): readonly { readonly module: ConfiguredModule; readonly mayBeThere: boolean }[] {
    return [...this.#calls].map(([name, module]) => ({ module, mayBeThere: this.#possibleCalls.has(name) }))
  }

  /** What an output's expression refers to, within this module. */
  output(name: string): string[] {
    return referencesOf(memberOf(memberOf(memberOf(this.#value, 'outputs'), name), 'expression'))
  }

  /** What the caller gave for a variable refers to, within the calling module. */
  input(name: string): string[] {
    return referencesOf(memberOf(this.#inputs, name))
  }
}

function referencesOf(expression: unknown): string[] {
  const references = memberOf(expression, 'references')
  return Array.isArray(references) ? references.filter((one): one is string => typeof one === 'string') : []
}

// A count that only variables decide is known, and may be none.
function mayBeThere(configured: unknown): boolean {
  const repeated = ['count_expression', 'for_each_expression'].map((key) => memberOf(configured, key))
  const given = repeated.filter((one) => one !== undefined)
  return (
    given.length === 0 ||
    given.some((one) => referencesOf(one).some((text) => !/^(?:var|local|path|terraform)\b/.test(text)))
  )
}

/** The root module of a plan's configuration; `undefined` in a state, which has none. */
export function readConfiguration(document: unknown): ConfiguredModule | undefined {
  const root = memberOf(memberOf(document, 'configuration'), 'root_module')
  return isObject(root) ? new ConfiguredModule(root, undefined, undefined) : undefined
}
