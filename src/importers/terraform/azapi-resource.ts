import type { ArmDocument } from './arm-document.ts'
import { isObject, memberOf } from './block.ts'
import { Draft } from './draft.ts'
import type { IdResolver } from './id-resolver.ts'
import type { Instance } from './instance.ts'
import { at } from './member.ts'

/**
 * A resource of the azapi provider: the ARM body itself, as text before 2.0 and as a value since; `output` adds what
 * Azure answered (Terraform Registry: azapi_resource). `undefined` when its type or place is not known.
 */
export function azapiDraft(document: ArmDocument, instance: Instance, references: IdResolver): Draft | undefined {
  const { block } = instance
  const [type = ''] = (block.text('type') ?? '').split('@')
  const name = block.text('name') ?? instance.name
  const id = references.idOf(instance)
  if (type === '' || id === '') return undefined
  const draft = new Draft(document, { container: block.value }, true)
  const body = objectAt(document, instance, 'body')
  const output = objectAt(document, instance, 'output')
  for (const [key, value] of Object.entries(body ?? {})) {
    if (key !== 'properties') draft.set(`^${key.replaceAll('/', '')}`, value, at(block, 'body'))
  }
  draft.set('^id', id, at(block, 'id'))
  draft.set('^name', name, at(block, 'name'))
  draft.set('^type', type, at(block, 'type'))
  const location = block.text('location')
  if (location !== undefined) draft.set('^location', location, at(block, 'location'))
  for (const [from, attribute] of [
    [output, 'output'],
    [body, 'body'],
  ] as const) {
    const properties = memberOf(from, 'properties')
    for (const [key, value] of isObject(properties) ? Object.entries(properties) : []) {
      const stands = attribute === 'body' && typeof block.raw('body') === 'object'
      const origin = stands ? { container: properties as object, key } : at(block, attribute)
      if (!key.includes('/')) draft.set(key, value, origin)
    }
  }
  return draft
}

function objectAt(document: ArmDocument, instance: Instance, attribute: string): object | undefined {
  const value = instance.block.raw(attribute)
  if (typeof value !== 'string') return isObject(value) ? value : undefined
  try {
    const parsed: unknown = JSON.parse(value)
    mark(document, instance, attribute, parsed)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Text inside the file has no places of its own: all of it stands where the text does. */
function mark(document: ArmDocument, instance: Instance, attribute: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  document.mark(value, at(instance.block, attribute))
  for (const one of Object.values(value)) mark(document, instance, attribute, one)
}
