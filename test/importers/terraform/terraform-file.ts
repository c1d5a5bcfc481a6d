import { readTerraform } from '../../../src/importers/terraform/index.ts'
import { type JsonDocument, readJson } from '../../../src/text/index.ts'

export type Json = Record<string, unknown>

export const GROUP = '/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/rg'
export const NETWORK = `${GROUP}/providers/Microsoft.Network`

/** A resource as `terraform show -json` lists it: `azurerm_subnet.main`, or with an index `azurerm_subnet.main["a"]`. */
export function resource(address: string, values: Json, more: Json = {}): Json {
  const [, data, type, name, index] = /^(?:module\.[^.]+\.)?(data\.)?(\w+)\.([\w-]+)(?:\[(.*)\])?$/.exec(address) ?? []
  const mode = data === undefined ? 'managed' : 'data'
  return { address, mode, type, name, ...(index !== undefined && { index: JSON.parse(index) }), values, ...more }
}

/** A state with resources in its root module. */
export function state(...resources: readonly Json[]): Json {
  return { format_version: '1.0', terraform_version: '1.11.4', values: { root_module: { resources } } }
}

/** The ARM bodies of a document, as plain values. */
export function armBodies(value: unknown): {
  bodies: Json[]
  messages: string[]
  document: JsonDocument
  raw: readonly object[]
} {
  const read = readTerraform(readJson(JSON.stringify(value, null, 2)), 'tf.json')
  const bodies: Json[] = JSON.parse(JSON.stringify(read.bodies))
  const messages = read.diagnostics.map((one) => `${one.code} ${one.message}`)
  return { bodies, messages, document: read.document, raw: read.bodies }
}
