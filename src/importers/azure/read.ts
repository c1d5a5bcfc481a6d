import type { Diagnostic } from '../../model/index.ts'
import type { JsonDocument, TextFile } from '../../text/index.ts'
import {
  type DeploymentPlace,
  type ExpandedTemplate,
  expandTemplate,
  isParametersFile,
  isTemplate,
  linkedPaths,
  pairedParameters,
  readTemplateJson,
} from '../arm-template/index.ts'
import { isTerraform, readTerraform } from '../terraform/index.ts'
import { Body, type BodyWatch } from './estate/body.ts'
import { effectiveRowsOf } from './estate/effective-answer.ts'
import { unexportedRules } from './estate/unexported-rules.ts'
import { type UnreadList, unreadListsOf } from './estate/unread-list.ts'
import { learnedRowsOf } from './gateways/learned-route.ts'
import type { ReadDocument } from './line-notes.ts'

/** The ARM bodies of some files, in order, and what could not be read. */
export interface AzureBodies {
  readonly bodies: readonly Body[]
  /** The rows of what Azure's tools printed: what gateways and route servers learned by BGP, what is in force at a network interface. */
  readonly printedRows: readonly Body[]
  /** What an import could not read, as it noted beside the bodies, and rules that an export does not hold. */
  readonly unread: readonly UnreadList[]
  readonly diagnostics: readonly Diagnostic[]
  /** Every file that is JSON, for an account of its lines. */
  readonly documents: readonly ReadDocument[]
}

/**
 * Reads ARM resource bodies: an array of them, `{ "value": [...] }` (a list call), `{ "data": [...] }` (Resource
 * Graph), or one body; what `terraform show -json` prints; an ARM template, with the parameters file of the list that
 * goes with it, deployed to `place`; the routes that a gateway or route server learned; the routes and rules in force at a network interface; `givenParameters` are for templates without one; `watch` is told how members are read. What is no object with an `id` or a `type` becomes a diagnostic. Never throws.
 */
export function readAzure(
  files: readonly TextFile[],
  place?: Partial<DeploymentPlace>,
  givenParameters?: TextFile,
  watch?: BodyWatch,
): AzureBodies {
  const bodies: Body[] = []
  const printedRows: Body[] = []
  const unread: UnreadList[] = []
  const diagnostics: Diagnostic[] = []
  const documents = files.map((file) => ({ file, document: readTemplateJson(file.text, file.ledger !== undefined) }))
  const read: ReadDocument[] = []
  const imports = new Set<string>()
  const parameters = parametersByTemplate(documents)
  const templates = expandedTemplates(documents, (file) => parameters.get(file) ?? givenParameters, place)
  for (const { file, document } of documents) {
    if (document.problem) {
      const { line, column } = document.problem.place
      const source = {
        kind: 'line',
        file: file.path,
        line,
        column,
        text: document.line(line).trimEnd().slice(0, 200),
      } as const
      diagnostics.push({ severity: 'error', code: 'NT1001', message: `not JSON: ${document.problem.message}`, source })
      continue
    }
    const kind = kindOf(document.value)
    if (kind !== 'template') read.push({ file, document, kind })
    if (kind === 'terraform') {
      const terraform = readTerraform(document, file.path)
      bodies.push(...terraform.bodies.map((value) => new Body(terraform.document, file.path, value, watch)))
      diagnostics.push(...terraform.diagnostics)
      continue
    }
    if (kind === 'parameters') {
      if (![...parameters.values()].includes(file)) diagnostics.push(unpaired(file))
      continue
    }
    if (kind === 'template') {
      const made = templates.get(file)
      if (!made) continue
      const given = parameters.get(file) ?? givenParameters
      read.push({ file, document: made.template, kind, ...(given && made.given && { given: made.given, from: given }) })
      for (const linked of new Set(made.fileOf.values())) {
        const from = files.find((one) => one.path === linked.path)
        if (from) read.push({ file: from, document: linked.document, kind })
      }
      for (const value of made.bodies) {
        const linked = made.fileOf.get(value)
        bodies.push(new Body(linked?.produced ?? made.document, linked?.path ?? file.path, value, watch))
      }
      // What is left out is said where it stands.
      unread.push(...made.uncertain.map((one) => ({ ...one, isSaid: true as const })))
      diagnostics.push(...made.diagnostics)
      continue
    }
    const lists = unreadListsOf(document, file.path)
    if (lists) {
      unread.push(...lists)
      imports.add(folderOf(file.path))
      continue
    }
    const rows = learnedRowsOf(document.value) ?? effectiveRowsOf(document.value)
    if (rows) {
      printedRows.push(...rows.map((row) => new Body(document, file.path, row, watch)))
      continue
    }
    for (const value of elements(document.value)) {
      const body = typeof value === 'object' && value !== null ? new Body(document, file.path, value, watch) : undefined
      if (body && (body.id || body.type)) bodies.push(body)
      else if (body)
        diagnostics.push(body.diagnostic('warning', 'NT1010', 'neither an id nor a type: not an ARM resource body'))
      else {
        const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
        diagnostics.push({
          severity: 'error',
          code: 'NT1011',
          message: 'expected an array of ARM resource bodies',
          source,
        })
      }
    }
  }
  // An import of ours read what is below each resource, a template or plan says what there will be.
  const declared = new Set(read.flatMap(({ file, kind }) => (kind === 'bodies' ? [] : [file.path])))
  unread.push(...unexportedRules(bodies, (file) => declared.has(file) || imports.has(folderOf(file))))
  return { bodies, printedRows, unread, diagnostics, documents: read }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function kindOf(value: unknown): ReadDocument['kind'] {
  if (isTerraform(value)) return 'terraform'
  if (isParametersFile(value)) return 'parameters'
  if (effectiveRowsOf(value)) return 'printed'
  return isTemplate(value) ? 'template' : 'bodies'
}

/** The templates that are deployed by themselves: none that another one links to. */
function expandedTemplates(
  documents: readonly ReadFile[],
  parametersOf: (file: TextFile) => TextFile | undefined,
  place: Partial<DeploymentPlace> | undefined,
): Map<TextFile, ExpandedTemplate> {
  const templates = documents.filter(({ document }) => isTemplate(document.value))
  const files = templates.map(({ file }) => file)
  const linked = new Set(
    linkedPaths(templates.map(({ file, document }) => ({ path: file.path, value: document.value }))),
  )
  const free = files.filter((file) => !linked.has(file.path))
  // Templates that link to each other in a circle: better twice than not at all.
  const roots = free.length > 0 ? free : files
  const made = new Map(roots.map((file) => [file, expandTemplate(file, parametersOf(file), place, files)] as const))
  for (const [file, one] of [...made]) {
    for (const { path } of one.linked) {
      const target = roots.find((other) => other.path === path)
      if (target && target !== file && made.has(file)) made.delete(target)
    }
  }
  return made
}

interface ReadFile {
  readonly file: TextFile
  readonly document: JsonDocument
}

function parametersByTemplate(documents: readonly ReadFile[]): Map<TextFile, TextFile> {
  const all = documents.filter(({ document }) => isTemplate(document.value))
  const linked = linkedPaths(all.map(({ file, document }) => ({ path: file.path, value: document.value })))
  const templates = all.map(({ file }) => file).filter((file) => !linked.has(file.path))
  const parameters = documents.filter(({ document }) => isParametersFile(document.value)).map(({ file }) => file)
  const paths = (list: readonly TextFile[]) => list.map((one) => one.path)
  const pairs = new Map<TextFile, TextFile>()
  for (const [index, at] of pairedParameters(paths(templates), paths(parameters)).entries()) {
    const [template, given] = [templates[index], parameters[at]]
    if (template && given) pairs.set(template, given)
  }
  return pairs
}

function unpaired({ path }: TextFile): Diagnostic {
  const message = 'this parameters file goes with no template of the list: name it <template>.parameters.json'
  const source = { kind: 'line', file: path, line: 1, column: 1, text: '' } as const
  return { severity: 'warning', code: 'NT1657', message, source }
}

/** The bodies of a list, of its pages in a row, or the one body. */
function elements(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => pageOf(one) ?? [one])
  return pageOf(value) ?? [value]
}

function pageOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const members = value as Record<string, unknown>
  if (typeof members.id === 'string' || typeof members.type === 'string') return undefined
  return [members.value, members.data, members.resources].find((one) => Array.isArray(one))
}
