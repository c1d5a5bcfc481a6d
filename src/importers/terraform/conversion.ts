import type { Diagnostic } from '../../model/index.ts'
import type { JsonDocument } from '../../text/index.ts'
import { withAddresses } from '../arm-template/index.ts'
import type { AddressPlan } from './address-plan.ts'
import { ArmDocument } from './arm-document.ts'
import { attachmentOf, undo } from './attachment.ts'
import { azapiDraft } from './azapi-resource.ts'
import type { Block } from './block.ts'
import { Draft, draftOf } from './draft.ts'
import { besideNamespace } from './event-namespace.ts'
import type { Instance } from './instance.ts'
import { isDecisiveType, isReadableData, isSilentType } from './known-types.ts'
import { at, type Scene } from './member.ts'
import { besideEndpoint } from './private-endpoint.ts'
import { recordsOfEndpoint } from './private-endpoint-record.ts'
import { nameOf, References } from './references.ts'
import type { ResourceTable } from './table.ts'
import { TABLES } from './tables.ts'
import { deployedTemplate } from './template-deployment.ts'

/** Reports at a member of the Terraform document, or at an object of it. */
export type TerraformReport = (
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  container: object,
  key?: string,
) => void

/** Turns instances into ARM bodies: each by its table, then parts into what they are part of, then associations. */
export class Conversion {
  readonly document: ArmDocument
  readonly instances: readonly Instance[]
  readonly references: References
  readonly #addresses: AddressPlan | undefined
  readonly #report: TerraformReport
  /** By lower-case id. */
  readonly #drafts = new Map<string, Draft>()
  readonly #bodies: Draft[] = []
  /** What ARM templates inside resources deploy. */
  readonly #deployed: object[] = []
  readonly #said = new Set<string>()

  /** `addresses`: what an earlier conversion told of them. */
  constructor(
    document: JsonDocument,
    instances: readonly Instance[],
    report: TerraformReport,
    addresses?: AddressPlan,
  ) {
    this.document = new ArmDocument(document)
    // What Terraform manages comes before what it only reads.
    const ordered = [...instances.filter((one) => !one.isData), ...instances.filter((one) => one.isData)]
    this.instances = addresses ? ordered.map((one) => addresses.told(one)) : ordered
    this.references = new References(this.instances)
    this.#addresses = addresses
    this.#report = report
  }

  bodies(): readonly object[] {
    const parts: { instance: Instance; table: ResourceTable; draft: Draft }[] = []
    for (const instance of this.instances) {
      const table = TABLES.get(instance.type)
      if (instance.isGone) continue
      if (!table) this.#other(instance)
      else if (instance.isData && !isReadableData(instance.type)) this.#unread(instance)
      else {
        const draft = this.#make(instance, table)
        if (draft && table.standsIn !== undefined) parts.push({ instance, table, draft })
        else if (draft) this.#bodies.push(draft)
      }
    }
    this.#dropGone()
    for (const { instance, table, draft } of parts) this.#place(instance, table, draft)
    this.#attach()
    for (const instance of this.instances) this.#beside(instance)
    const made = this.#bodies.map(({ object }) =>
      withAddresses(this.document, object, this.#addresses?.assignedTo(String(object.id)) ?? []),
    )
    return [...made, ...this.#deployed]
  }

  #make(instance: Instance, table: ResourceTable): Draft | undefined {
    const id = this.references.idOf(instance)
    if (instance.isData && this.#drafts.has(id.toLowerCase())) return undefined
    const { block } = instance
    const draft = new Draft(this.document, { container: block.value }, table.wrapped !== false)
    const name = nameOf(instance)
    const attribute = table.name ?? 'name'
    draft.set('^id', id, { container: block.value, key: 'id' })
    draft.set('^name', name, { container: block.value, key: attribute })
    draft.set('^type', table.type, { container: block.value })
    if (block.text(attribute) === undefined) {
      const message = `${instance.address}: its name is known only after apply; it goes by ${name}`
      this.#report('note', 'NT1662', message, block.value)
    }
    for (const member of table.members) member(this.#scene(instance, draft, id))
    if (id !== '') this.#drafts.set(id.toLowerCase(), draft)
    return draft
  }

  #scene(instance: Instance, draft: Draft, id: string): Scene {
    const missing = (block: Block, attribute: string) => {
      if (this.#addresses?.has(block.value) && /^(?:private_)?ip_address$/.test(attribute)) return
      const text = `${instance.address}: ${attribute} is known only after apply, and nothing in the plan tells it: what depends on it is unknown`
      this.#report('warning', 'NT1661', text, block.value)
    }
    return { block: instance.block, draft, id, instance, references: this.references, missing }
  }

  #other(instance: Instance): void {
    if (attachmentOf(instance.type)) return
    const deployed = deployedTemplate(this.document, instance)
    if (deployed) {
      this.#deployed.push(...deployed.bodies)
      for (const { severity, message } of deployed.said) {
        this.#report(severity, 'NT1659', `template of ${instance.address}: ${message}`, instance.block.value)
      }
      return
    }
    if (instance.type === 'azapi_resource') {
      const draft = azapiDraft(this.document, instance, this.references)
      if (draft) {
        this.#drafts.set(String(draft.object.id).toLowerCase(), draft)
        this.#bodies.push(draft)
        if (instance.block.isUnknown('body')) this.#scene(instance, draft, '').missing(instance.block, 'body')
        return
      }
    }
    if (isSilentType(instance.type) || instance.isData || this.#said.has(instance.type)) return
    this.#said.add(instance.type)
    const message = `resources of type ${instance.type} are not understood and left out; the first is ${instance.address}`
    this.#report(isDecisiveType(instance.type) ? 'warning' : 'note', 'NT1660', message, instance.block.value)
  }

  #unread(instance: Instance): void {
    const key = `data.${instance.type}`
    if (this.#said.has(key) || this.#drafts.has(this.references.idOf(instance).toLowerCase())) return
    this.#said.add(key)
    const message = `data source ${instance.address} does not say all that decides about packets: such data sources are left out`
    this.#report('note', 'NT1663', message, instance.block.value)
  }

  /** What a plan destroys may still be listed by what it is part of. */
  #dropGone(): void {
    for (const instance of this.instances) {
      const standsIn = TABLES.get(instance.type)?.standsIn
      if (!instance.isGone || standsIn === undefined) continue
      const list = this.#parentOf(instance)?.list(standsIn)
      const at = list ? indexOfName(list, nameOf(instance)) : -1
      if (at !== -1) list?.splice(at, 1)
    }
  }

  #parentOf(instance: Instance): Draft | undefined {
    const id = this.references.parentIdOf(instance)
    return id === undefined ? undefined : this.#drafts.get(id.toLowerCase())
  }

  /** A parent that Azure makes by itself, as the default route table of a virtual hub. */
  #madeParent(instance: Instance, table: ResourceTable): Draft | undefined {
    const id = table.makesParent ? this.references.parentIdOf(instance) : undefined
    const type = TABLES.get(table.parent?.type ?? '')?.type
    if (id === undefined || type === undefined) return undefined
    const origin = { container: instance.block.value, key: table.parent?.attribute ?? 'id' }
    const draft = new Draft(this.document, { container: instance.block.value }, true)
    draft.set('^id', id, origin)
    draft.set('^name', id.slice(id.lastIndexOf('/') + 1), origin)
    draft.set('^type', type, origin)
    this.#drafts.set(id.toLowerCase(), draft)
    this.#bodies.push(draft)
    return draft
  }

  /** Puts a part where it stands; a listing of the same part by the parent's own attribute gives way to it. */
  #place(instance: Instance, table: ResourceTable, draft: Draft): void {
    const parent = this.#parentOf(instance) ?? this.#madeParent(instance, table)
    if (!parent || parent === draft || table.standsIn === undefined) {
      this.#bodies.push(draft)
      return
    }
    const list = parent.list(table.standsIn)
    const at = indexOfName(list, String(draft.object.name))
    if (at === -1) {
      list.push(draft.object)
      return
    }
    const listed = draftOf(list[at])
    for (const path of table.keeps ?? []) {
      const kept = listed?.get(path)
      if (kept !== undefined && draft.get(path) === undefined)
        draft.set(path, kept, { container: instance.block.value })
    }
    if (listed) this.document.lookThrough(listed.object)
    list[at] = draft.object
  }

  #attach(): void {
    this.#registerListed()
    for (const instance of this.instances) {
      if (instance.isGone) undo({ instance, draftAt: (attribute) => this.#draftAt(instance, attribute) })
    }
    for (const instance of this.instances) {
      if (instance.isGone || !attachmentOf(instance.type) || this.#attachOne(instance)) continue
      const message = `${instance.address}: what it joins is not in the file or known only after apply; it has no effect`
      this.#report('warning', 'NT1665', message, instance.block.value)
    }
  }

  #attachOne(instance: Instance): boolean {
    const attach = attachmentOf(instance.type)
    return (
      attach?.({
        instance,
        idAt: (attribute) => this.#idAt(instance, attribute),
        draftAt: (attribute) => this.#draftAt(instance, attribute),
        scene: (draft) => this.#scene(instance, draft, ''),
      }) ?? false
    )
  }

  #idAt(instance: Instance, attribute: string): string | undefined {
    const { ids, complete } = this.references.resolve(instance, instance.block, attribute)
    return complete && ids.length === 1 ? ids[0] : undefined
  }

  #draftAt(instance: Instance, attribute: string): Draft | undefined {
    return this.#drafts.get(this.#idAt(instance, attribute)?.toLowerCase() ?? '')
  }

  /** Subnets that only their network lists can be attached to as well. */
  #registerListed(): void {
    for (const body of this.#bodies) {
      const subnets = body.get('subnets')
      for (const one of Array.isArray(subnets) ? subnets : []) {
        const draft = draftOf(one)
        const id = String(draft?.object.id ?? '').toLowerCase()
        if (draft && id !== '' && !this.#drafts.has(id)) this.#drafts.set(id, draft)
      }
    }
  }

  #beside(instance: Instance): void {
    if (instance.isGone || instance.isData) return
    const id = this.references.idOf(instance)
    const made: Draft[] = []
    if (instance.type === 'azurerm_private_endpoint') {
      const zones = instance.block.blocks('private_dns_zone_group').flatMap(({ block }) => {
        const resolved = this.references.resolve(instance, block, 'private_dns_zone_ids')
        if (!resolved.complete)
          this.#scene(instance, new Draft(this.document, { container: block.value }, true), '').missing(
            block,
            'private_dns_zone_ids',
          )
        return resolved.ids
      })
      const [subnet] = this.references.resolve(instance, instance.block, 'subnet_id').ids
      const beside = besideEndpoint(this.document, instance.block, { id, subnet, zones })
      const endpoint = this.#drafts.get(id.toLowerCase())
      for (const { object } of beside.filter((one) => String(one.object.type).endsWith('/networkInterfaces'))) {
        endpoint?.list('networkInterfaces').push(endpoint.reference(String(object.id), at(instance.block, 'id')))
      }
      made.push(...beside)
      made.push(...recordsOfEndpoint(this.document, instance.block))
    }
    made.push(...besideNamespace(this.document, instance, id, (draft) => this.#scene(instance, draft, '')))
    for (const draft of made) {
      const key = String(draft.object.id).toLowerCase()
      if (this.#drafts.has(key)) continue
      this.#drafts.set(key, draft)
      this.#bodies.push(draft)
    }
  }
}

function indexOfName(list: readonly unknown[], name: string): number {
  return list.findIndex((one) => draftOf(one)?.object.name?.toString().toLowerCase() === name.toLowerCase())
}
