import type { JsonDocument, TextFile } from '../../text/index.ts'
import { ProducedDocument } from './produced-document.ts'
import { isTemplate, readTemplateJson } from './template-file.ts'
import { isMembers, type Members, memberOf, textOf } from './value.ts'

/** A template that lies beside another one, which links to it. */
export interface LinkedFile {
  readonly path: string
  readonly document: JsonDocument
  readonly template: Members
  /** What it produced, with its own places. */
  readonly produced: ProducedDocument
}

/** The templates beside one, read when a link asks for them. */
export interface LinkedFiles {
  /** The file an object of a linked template was read from; `undefined` for the first template's own. */
  fileOf(container: unknown): LinkedFile | undefined
  /** What `deployment()` says of where the template is that an object stands in. */
  uriOf(container: unknown): string
  /** Every file a link meant. */
  found(): readonly LinkedFile[]
  /** The file a `templateLink` means, by its path beside the template it stands in; `undefined` = it is not there. */
  find(from: object, link: { readonly relativePath?: string; readonly uri?: string }): LinkedFile | undefined
}

/** Where a template is, when nobody says it: links below it are paths beside it. */
const UNSAID_PLACE = 'https://template.invalid/'

/** The templates beside a template, none of which is read yet. */
export function makeLinkedFiles(path: string, produced: ProducedDocument, beside: readonly TextFile[]): LinkedFiles {
  const known = new Map<string, LinkedFile | undefined>()
  const owners = new WeakMap<object, LinkedFile>()
  const fileOf = (container: unknown) =>
    typeof container === 'object' && container !== null ? owners.get(container) : undefined
  const read = (wanted: string): LinkedFile | undefined => {
    if (known.has(wanted)) return known.get(wanted)
    const found = beside.find((one) => plainPath(one.path) === wanted)
    const made = found && linkedFile(found, produced)
    known.set(wanted, made)
    if (made) own(made.template, made, owners)
    return made
  }
  return {
    fileOf,
    uriOf: (container) => UNSAID_PLACE + relativeTo(folderOf(path), fileOf(container)?.path ?? ''),
    found: () => [...known.values()].filter((one) => one !== undefined),
    find: (from, { relativePath, uri }) => {
      const here = fileOf(from)?.path ?? path
      if (relativePath !== undefined) return read(joined(folderOf(here), relativePath))
      if (uri === undefined) return undefined
      if (uri.startsWith(UNSAID_PLACE)) return read(joined(folderOf(path), uri.slice(UNSAID_PLACE.length)))
      return read(longestTail(uri, folderOf(here), beside) ?? '')
    },
  }
}

/** The paths of the files that templates of a list link to: none of those is deployed by itself. */
export function linkedPaths(files: readonly { readonly path: string; readonly value: unknown }[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { path, value } of files) {
    for (const link of linksIn(value)) {
      const relative = textOf(link, 'relativePath')
      const target = relative === undefined ? undefined : joined(folderOf(path), relative)
      if (target !== undefined && target !== plainPath(path)) paths.add(target)
    }
  }
  return new Set(files.map((one) => one.path).filter((one) => paths.has(plainPath(one))))
}

function linksIn(value: unknown): Members[] {
  const found: Members[] = []
  const open = [value]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue
    const link = memberOf(one, 'templateLink')
    if (isMembers(link)) found.push(link)
    open.push(...Object.values(one))
  }
  return found
}

function linkedFile(file: TextFile, produced: ProducedDocument): LinkedFile | undefined {
  const document = readTemplateJson(file.text, file.ledger !== undefined)
  const { value } = document
  if (!isMembers(value) || !isTemplate(value)) return undefined
  return { path: file.path, document, template: value, produced: new ProducedDocument(document, produced) }
}

function own(value: unknown, file: LinkedFile, owners: WeakMap<object, LinkedFile>): void {
  const open = [value]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue
    owners.set(one, file)
    for (const part of Object.values(one)) if (typeof part === 'object' && part !== null) open.push(part)
  }
}

/** Of the files below a folder, the one whose path there is the end of an address on the web. */
function longestTail(uri: string, folder: string, beside: readonly TextFile[]): string | undefined {
  const [address = ''] = uri.split('?')
  const tails = beside.map((one) => plainPath(one.path)).filter((one) => folder === '' || one.startsWith(`${folder}/`))
  const fitting = tails.filter((one) => address.endsWith(`/${relativeTo(folder, one)}`))
  return fitting.sort((a, b) => b.length - a.length)[0]
}

function plainPath(path: string): string {
  return joined('', path)
}

function folderOf(path: string): string {
  const plain = plainPath(path)
  return plain.includes('/') ? plain.slice(0, plain.lastIndexOf('/')) : ''
}

function relativeTo(folder: string, path: string): string {
  const plain = plainPath(path)
  return folder !== '' && plain.startsWith(`${folder}/`) ? plain.slice(folder.length + 1) : plain
}

function joined(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of `${folder}/${path}`.replaceAll('\\', '/').split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return (folder === '' ? path : folder).startsWith('/') ? `/${parts.join('/')}` : parts.join('/')
}
