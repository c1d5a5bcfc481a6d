import type { Diagnostic, Source } from '../../model/index.ts'
import type { JsonDocument, TextFile } from '../../text/index.ts'
import { type AssignedAddress, assignedAddresses } from './assigned-address.ts'
import { collectResources } from './deployment.ts'
import { type DeploymentPlace, STAND_IN_PLACE } from './deployment-place.ts'
import { doubtChild } from './doubtful-child.ts'
import { keepDoubtfulRules } from './doubtful-rule.ts'
import type { LeftOut } from './left-out.ts'
import type { LinkedFile } from './linked-file.ts'
import { parametersFile } from './parameters-file.ts'
import type { ProducedDocument } from './produced-document.ts'
import { makeSession, type Session } from './session.ts'
import { settledBody } from './settle.ts'
import { isAboveResourceGroup, readTemplateJson } from './template-file.ts'
import type { GivenValue } from './template-scope.ts'
import { isMembers, type Members } from './value.ts'

/** The ARM resource bodies that a template stands for. */
export interface ExpandedTemplate {
  /** Bodies as Azure would list them, each with an `id`; in file order, nested deployments' after the others. */
  readonly bodies: readonly Members[]
  /** Where each object of the bodies stands in the template. */
  readonly document: ProducedDocument
  readonly diagnostics: readonly Diagnostic[]
  /** The file of each body that a linked template makes; absent = the template itself. */
  readonly fileOf: ReadonlyMap<Members, LinkedFile>
  /** The files it links to, with resources or without. */
  readonly linked: readonly LinkedFile[]
  /** Children that may or may not be deployed. */
  readonly uncertain: readonly LeftOut[]
  /** How many expressions were looked at, and how many of the places they stand in keep an unknown value. */
  readonly counts: { readonly expressions: number; readonly unknown: number }
  /** The template itself, and the parameters file when one was given. */
  readonly template: JsonDocument
  readonly given?: JsonDocument
}

/**
 * Evaluates an ARM template, authored or exported, with a parameters file or its parameters' defaults. What the
 * template alone does not tell stays as the text of its expression and is reported with its place. Where the template
 * is deployed to is a stand-in unless `place` says it. Templates it links to are looked for among `beside`, by their
 * paths. Never throws.
 */
export function expandTemplate(
  template: TextFile,
  parameters?: TextFile,
  place: Partial<DeploymentPlace> = {},
  beside: readonly TextFile[] = [],
): ExpandedTemplate {
  const document = readTemplateJson(template.text, template.ledger !== undefined)
  const values = parameters && readTemplateJson(parameters.text, parameters.ledger !== undefined)
  const read = { template: document, ...(values && { given: values }) }
  const mistakes = [notJson(document, template.path), values && notJson(values, parameters.path)]
  const problems = mistakes.filter((one) => one !== undefined)
  const start = makeSession(document, template.path)
  if (!isMembers(document.value)) {
    if (problems.length === 0) start.report('error', 'NT1650', 'an ARM template is a JSON object', {})
    const diagnostics = [...problems, ...start.diagnostics]
    const nothing = { bodies: [], fileOf: new Map(), linked: [], uncertain: [], counts: { expressions: 0, unknown: 0 } }
    return { ...nothing, document: start.produced, diagnostics, ...read }
  }
  const inputs: Inputs = {
    document,
    file: template.path,
    beside: beside.filter((one) => one.path !== template.path),
    template: document.value,
    given: parametersFile(values?.value),
    place: { ...STAND_IN_PLACE, ...(isAboveResourceGroup(document.value) && { resourceGroup: undefined }), ...place },
  }
  // What Azure will assign is told from a first reading; a second one has it wherever `reference()` asks for it.
  const first = expand(inputs, [])
  const assigned = assignedAddresses(first.bodies, () => first.session.leftOut === 0)
  const { session, bodies, fileOf } = assigned.length > 0 ? expand(inputs, assigned) : first
  const unknown = session.diagnostics.filter((one) => one.code === 'NT1651').length
  return {
    bodies,
    fileOf,
    linked: session.linked.found(),
    uncertain: session.uncertain,
    document: session.produced,
    diagnostics: [...problems, ...session.diagnostics, ...standIns(session, place)],
    counts: { expressions: session.expressions(), unknown },
    ...read,
  }
}

interface Inputs {
  readonly document: JsonDocument
  readonly file: string
  readonly beside: readonly TextFile[]
  readonly template: Members
  readonly given: GivenValue
  readonly place: DeploymentPlace
}

interface Expanded {
  readonly session: Session
  readonly bodies: Members[]
  readonly fileOf: Map<Members, LinkedFile>
}

function expand(inputs: Inputs, assigned: readonly AssignedAddress[]): Expanded {
  const session = makeSession(inputs.document, inputs.file, inputs.beside, assigned)
  const { template, given, place } = inputs
  collectResources(session, { template, given, place })
  const bodies: Members[] = []
  const fileOf = new Map<Members, LinkedFile>()
  for (const instance of session.instances) {
    if (instance.existing || instance.isDeployment) continue
    const body = settledBody(session, instance)
    if (!body) continue
    const { doubt, type, declaration } = instance
    if (doubt) doubtChild(session.produced, body, type, doubt.expression?.text ?? '[condition]')
    keepDoubtfulRules(session.produced, body)
    const file = session.linked.fileOf(declaration)
    if (file) fileOf.set(body, file)
    bodies.push(body)
  }
  return { session, bodies, fileOf }
}

function notJson(document: JsonDocument, file: string): Diagnostic | undefined {
  if (!document.problem) return undefined
  const { line, column } = document.problem.place
  // The line is not shown: a parameters file holds secrets.
  const source: Source = { kind: 'line', file, line, column, text: '' }
  return { severity: 'error', code: 'NT1001', message: `not JSON: ${document.problem.message}`, source }
}

const STAND_INS: Readonly<Record<string, string>> = {
  'uniqueString()': 'names made with uniqueString() are stand-ins: only Azure computes them',
  'guid()': 'names made with guid() are stand-ins: only Azure computes them',
  'resourceGroup()':
    'the resource group and its region are stand-ins: the template does not say where it is deployed to; give the region as a parameter if it has one',
  'subscription()': 'the subscription is a stand-in: the template does not say where it is deployed to',
}

function standIns(session: Session, place: Partial<DeploymentPlace>): Diagnostic[] {
  const said: Readonly<Record<string, boolean>> = {
    'resourceGroup()': place.resourceGroup !== undefined && place.location !== undefined,
    'subscription()': place.subscriptionId !== undefined,
  }
  return [...session.standIns].flatMap(([what, source]): Diagnostic[] => {
    const message = said[what] === true ? undefined : STAND_INS[what]
    return message === undefined ? [] : [{ severity: 'note', code: 'NT1652', message, source }]
  })
}
