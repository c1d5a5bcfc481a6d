import type { Origin } from './arm-document.ts'
import type { Block } from './block.ts'
import type { Draft } from './draft.ts'
import type { IdResolver } from './id-resolver.ts'
import type { Instance } from './instance.ts'

/** What a member is made in: the Terraform block it reads, and the ARM object it writes. */
export interface Scene {
  readonly block: Block
  readonly draft: Draft
  /** The id of the ARM object; empty when it has none. */
  readonly id: string
  readonly instance: Instance
  readonly references: IdResolver
  /** Says that an attribute, whose absence matters, is known only after apply. */
  readonly missing: (block: Block, attribute: string) => void
}

/** Makes one ARM property, or several, of Terraform attributes. */
export type Member = (scene: Scene) => void

/** The value as it is. Of several attribute names (older and newer releases of the provider) the first that is set. */
export function same(attributes: string | readonly string[], path?: string): Member {
  return valued(attributes, path, (value) => value, true)
}

/** Like `same`, for what is known by other ways when the plan does not know it yet and no expression gives it. */
export function computed(attribute: string, path?: string): Member {
  return valued(attribute, path, (value) => value, false)
}

/** The opposite of a boolean. */
export function opposite(attribute: string, path: string): Member {
  return valued(attribute, path, (value) => (typeof value === 'boolean' ? !value : undefined), true)
}

/** A boolean as one of two words. */
export function worded(attribute: string | readonly string[], path: string, yes = 'Enabled', no = 'Disabled'): Member {
  return valued(attribute, path, (value) => (typeof value === 'boolean' ? (value ? yes : no) : undefined), true)
}

/** A value as the only one of a list. */
export function listed(attribute: string, path: string): Member {
  return valued(attribute, path, (value) => [value], true)
}

/** A list of texts as one text with commas, or such a text as it is. */
export function joined(attribute: string, path: string): Member {
  return valued(attribute, path, (value) => (Array.isArray(value) ? value.join(',') : value), true)
}

/** A value that no attribute holds. */
export function fixed(path: string, value: unknown): Member {
  return ({ block, draft }) => draft.set(path, value, { container: block.value })
}

function valued(
  attributes: string | readonly string[],
  path: string | undefined,
  convert: (value: unknown) => unknown,
  matters: boolean,
): Member {
  const names = typeof attributes === 'string' ? [attributes] : attributes
  const target = path ?? camelCase(names[0] ?? '')
  return (scene) => {
    const name = names.find((one) => scene.block.raw(one) !== undefined)
    if (name === undefined) {
      const later = names.find((one) => scene.block.isUnknown(one))
      const isWritten = later !== undefined && scene.block.referencesOf(later).length > 0
      if (later !== undefined && (matters || isWritten)) scene.missing(scene.block, later)
      return
    }
    const value = convert(scene.block.raw(name))
    if (value !== undefined && value !== '') scene.draft.set(target, value, at(scene.block, name))
  }
}

/** An id as a reference `{ "id": ... }`; an id that cannot be told refers to something that is not in the file. */
export function reference(attribute: string, path: string): Member {
  return one(attribute, ({ draft, block }, id) => draft.refer(path, id, at(block, attribute)))
}

/** An id as a text. */
export function plainId(attribute: string, path: string): Member {
  return one(attribute, ({ draft, block }, id) => draft.set(path, id, at(block, attribute)))
}

function one(attribute: string, write: (scene: Scene, id: string) => void): Member {
  return (scene) => {
    const { ids, complete } = scene.references.resolve(scene.instance, scene.block, attribute)
    const [id] = ids
    if (id !== undefined && ids.length === 1 && complete) write(scene, id)
    else if (scene.block.isUnknown(attribute)) {
      scene.missing(scene.block, attribute)
      write(scene, unknownId(scene.instance, attribute))
    }
  }
}

/** The id of something that is not in the file: what refers to it is undecided, and not free of it. */
export function unknownId({ address }: Instance, attribute: string): string {
  return `known-after-apply/${attribute} of ${address.replaceAll('/', '-')}`
}

/** Ids as a list of references. */
export function references(attribute: string, path: string): Member {
  return several(attribute, path, ({ draft }, id, origin) => draft.reference(id, origin))
}

/** Like `references`, for a list that means something else when it is shorter: all of it, or nothing. */
export function allReferences(attribute: string, path: string): Member {
  const write = references(attribute, path)
  return (scene) => {
    if (scene.references.resolve(scene.instance, scene.block, attribute).complete) write(scene)
    else scene.missing(scene.block, attribute)
  }
}

/** Ids as a list of texts. */
export function plainIds(attribute: string, path: string): Member {
  return several(attribute, path, (_, id) => id)
}

function several(attribute: string, path: string, make: (scene: Scene, id: string, origin: Origin) => unknown): Member {
  return (scene) => {
    const { ids, complete } = scene.references.resolve(scene.instance, scene.block, attribute)
    const all = complete ? ids : [...ids, unknownId(scene.instance, attribute)]
    const origin = at(scene.block, attribute)
    if (all.length > 0) {
      const list = all.map((id) => make(scene, id, origin))
      scene.draft.set(path, [...scene.draft.list(path), ...list], origin)
    }
    if (!complete) scene.missing(scene.block, attribute)
  }
}

/** A list of texts as objects with the text under a key. */
export function objectsOf(
  attribute: string,
  path: string,
  key: string,
  more: Readonly<Record<string, string>> = {},
): Member {
  return (scene) => {
    const { block, draft } = scene
    if (block.isUnknown(attribute)) scene.missing(block, attribute)
    for (const text of block.texts(attribute)) {
      const made = draft.nested(at(block, attribute), false)
      made.set(key, text, at(block, attribute))
      for (const [name, value] of Object.entries(more)) made.set(name, value, at(block, attribute))
      draft.list(path).push(made.object)
    }
  }
}

/** How the objects made of nested blocks look. */
export interface BlockShape {
  /** Their members stand under `properties`. */
  readonly wrapped?: boolean
  /** They have ids: the owner's id, this word, and their name. */
  readonly idUnder?: string
}

/** The objects of a list of nested blocks; added to those already at the path. */
export function blocks(attribute: string, path: string, members: readonly Member[], shape: BlockShape = {}): Member {
  return (scene) => {
    const list = scene.block.blocks(attribute)
    const origin = at(scene.block, attribute)
    if (list.length > 0) scene.draft.set(path, scene.draft.list(path), origin)
    for (const { block, index } of list) {
      const container = scene.block.raw(attribute)
      const place = index === undefined ? { container: block.value } : { container: container as object, key: index }
      const draft = scene.draft.nested(place, shape.wrapped === true)
      const name = block.text('name')
      const stated = block.text('id')
      const id = shape.idUnder === undefined || name === undefined ? '' : `${scene.id}/${shape.idUnder}/${name}`
      if (name !== undefined) draft.set('^name', name, at(block, 'name'))
      if (shape.idUnder !== undefined && (stated ?? id) !== '') draft.set('^id', stated ?? id, place)
      for (const member of members) member({ ...scene, block, draft, id: stated ?? id })
      scene.draft.list(path).push(draft.object)
    }
  }
}

/** The members of the first nested block of a name, written into the object around it. */
export function inside(attribute: string, ...members: readonly Member[]): Member {
  return (scene) => {
    const [first] = scene.block.blocks(attribute)
    if (first) for (const member of members) member({ ...scene, block: first.block })
  }
}

/** The place of an attribute. */
export function at(block: Block, attribute: string): Origin {
  return { container: block.value, key: attribute }
}

function camelCase(attribute: string): string {
  return attribute.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
