import type { Diagnostic } from '../../model/index.ts'
import { type JsonDocument, readJson, type TextFile } from '../../text/index.ts'
import {
  type DeploymentPlace,
  expandTemplate,
  isParametersFile,
  isTemplate,
  pairedParameters,
} from '../arm-template/index.ts'
import { isTerraform, readTerraform } from '../terraform/index.ts'
import { Body } from './body.ts'

/** The ARM bodies of some files, in order, and what could not be read. */
export interface AzureBodies {
  readonly bodies: readonly Body[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads ARM resource bodies: an array of them, `{ "value": [...] }` (a list call), `{ "data": [...] }` (Resource
 * Graph), or one body; what `terraform show -json` prints; an ARM template, with the parameters file of the list that
 * goes with it, deployed to `place`. What is no object with an `id` or a `type` becomes a diagnostic. Never throws.
 */
export function readAzure(files: readonly TextFile[], place?: Partial<DeploymentPlace>): AzureBodies {
  const bodies: Body[] = []
  const diagnostics: Diagnostic[] = []
  const documents = files.map((file) => ({ file, document: readJson(file.text) }))
  const parameters = parametersByTemplate(documents)
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
    if (isTerraform(document.value)) {
      const terraform = readTerraform(document, file.path)
      bodies.push(...terraform.bodies.map((value) => new Body(terraform.document, file.path, value)))
      diagnostics.push(...terraform.diagnostics)
      continue
    }
    if (isParametersFile(document.value)) {
      if (![...parameters.values()].includes(file)) diagnostics.push(unpaired(file))
      continue
    }
    if (isTemplate(document.value)) {
      const made = expandTemplate(file, parameters.get(file), place)
      bodies.push(...made.bodies.map((value) => new Body(made.document, file.path, value)))
      diagnostics.push(...made.diagnostics)
      continue
    }
    for (const value of elements(document.value)) {
      const body = typeof value === 'object' && value !== null ? new Body(document, file.path, value) : undefined
      if (body && (body.text('id') || body.text('type'))) bodies.push(body)
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
  return { bodies, diagnostics }
}

interface ReadFile {
  readonly file: TextFile
  readonly document: JsonDocument
}

function parametersByTemplate(documents: readonly ReadFile[]): Map<TextFile, TextFile> {
  const templates = documents.filter(({ document }) => isTemplate(document.value)).map(({ file }) => file)
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

function elements(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return [value]
  for (const key of ['value', 'data', 'resources'] as const) {
    const inner = (value as Record<string, unknown>)[key]
    if (Array.isArray(inner)) return inner
  }
  return [value]
}
