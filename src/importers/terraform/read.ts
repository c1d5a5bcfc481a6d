import type { Diagnostic, Source } from '../../model/index.ts'
import { inert, type JsonDocument } from '../../text/index.ts'
import { type AddressPlan, planAddresses } from './address-plan.ts'
import { isObject, memberOf } from './block.ts'
import { type ConfiguredModule, readConfiguration } from './configuration.ts'
import { Conversion } from './conversion.ts'
import { type Instance, readInstances } from './instance.ts'

/** The ARM bodies of a Terraform plan or state. */
export interface TerraformBodies {
  /** Knows for every object and member of the bodies the Terraform attribute it was made of. */
  readonly document: JsonDocument
  /** ARM bodies as Azure would print them, as far as Terraform knows. */
  readonly bodies: readonly object[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Whether a JSON value is Terraform's: what `terraform show -json` prints of a plan or a state, or a state file itself
 * (`terraform.tfstate`), which is told apart and refused by `readTerraform`.
 */
export function isTerraform(value: unknown): boolean {
  const keys = ['planned_values', 'values', 'terraform_version']
  const shown = typeof memberOf(value, 'format_version') === 'string'
  return (shown && keys.some((key) => memberOf(value, key) !== undefined)) || isStateFile(value)
}

function isStateFile(value: unknown): boolean {
  return typeof memberOf(value, 'lineage') === 'string' && typeof memberOf(value, 'terraform_version') === 'string'
}

/**
 * Turns the resources of a plan (`planned_values`: as they will be after apply) or of a state (`values`) into ARM
 * bodies (HashiCorp: JSON Output Format 1.0 to 1.2; Terraform Registry: azurerm 3.x and 4.x). Ids that are known only
 * after apply are made of names, and what refers to them is found by the plan's expressions. What stays unknown is
 * left out and said. Never throws.
 */
export function readTerraform(document: JsonDocument, file: string): TerraformBodies {
  const diagnostics: Diagnostic[] = []
  const report = (severity: Diagnostic['severity'], code: string, message: string, container: object, key?: string) => {
    diagnostics.push({ severity, code, message: inert(message), source: sourceOf(document, file, container, key) })
  }
  const root = isObject(document.value) ? document.value : {}
  if (isStateFile(root)) {
    const message = "this is Terraform's own state file; nettrace reads what `terraform show -json` prints of it"
    report('error', 'NT1667', message, root)
    return { document, bodies: [], diagnostics }
  }
  if (memberOf(root, 'errored') === true) {
    report('warning', 'NT1666', 'Terraform made this plan in spite of errors: resources are missing', root, 'errored')
  }
  const configuration = readConfiguration(root)
  const instances = readInstances(root, configuration)
  const addresses = configuration && addressesOf(document, instances, configuration)
  const conversion = new Conversion(document, instances, report, addresses)
  const bodies = conversion.bodies()
  if (bodies.length === 0) {
    report('warning', 'NT1664', 'this Terraform plan or state holds no Azure resource that is understood', root)
  }
  return { document: conversion.document, bodies, diagnostics }
}

/** The addresses of a plan, which only its bodies tell. */
function addressesOf(document: JsonDocument, instances: readonly Instance[], root: ConfiguredModule): AddressPlan {
  const first = new Conversion(document, instances, () => {})
  const bodies = first.bodies()
  const { document: made, references } = first
  return planAddresses({ plan: document.value, root, instances: first.instances, references, document: made, bodies })
}

function sourceOf(document: JsonDocument, file: string, container: object, key: string | undefined): Source {
  const place = document.placeOf(container, key)
  const text = document.textOf?.(container, key) ?? document.line(place.line)
  return {
    kind: 'pointer',
    file,
    pointer: document.pointerOf(container, key),
    ...place,
    text: inert(text.trim()).slice(0, 200),
  }
}
