import type { Diagnostic, Source } from '../../../model/index.ts'
import type { JsonDocument } from '../../../text/index.ts'
import { Body } from './body.ts'

/** A list of child resources that `nettrace import azure` asked for and did not get: what it held is unknown, not nothing. */
export interface UnreadList {
  /** The lower-case id of the resource it is below. */
  readonly parent: string
  /** The lower-case type of what it lists; all record types of a private zone are `.../recordsets`. */
  readonly child: string
  /** What it is and why it is missing: `record sets of private DNS zone x could not be read (403)`. */
  readonly words: string
  readonly source: Source
  /** Whoever left it out has said so. */
  readonly isSaid?: true
}

/** The lists named as unread in what the import writes beside the bodies; `undefined` when the value is something else. */
export function unreadListsOf(document: JsonDocument, file: string): readonly UnreadList[] | undefined {
  const { value } = document
  if (typeof value !== 'object' || value === null || !('nettraceImport' in value)) return undefined
  return new Body(document, file, value).children('unread').flatMap((one) => {
    const [parent, child] = [one.text('id')?.toLowerCase(), one.text('child')?.toLowerCase()]
    if (parent === undefined || child === undefined) return []
    const status = one.text('status') ?? one.text('code')
    const words = `${one.text('what') ?? child} could not be read${status === undefined ? '' : ` (${status})`}`
    return [{ parent, child, words, source: one.source('what') }]
  })
}

/** The diagnostic about a list that is missing. */
export function unreadDiagnostic({ words, source }: UnreadList): Diagnostic {
  const message = `${words}: answers that need them are unknown; give the role Reader there and import again`
  return { severity: 'warning', code: 'NT1680', message, source }
}
