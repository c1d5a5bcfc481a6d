import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Cloud, Collection, FailureFacts, RouteAnswer, SignIn, Unread, Written } from '../collect/index.ts'
import { UsageError } from '../diagnose/index.ts'
import { inert } from '../text/index.ts'
import { EXIT } from './exit-code.ts'
import { onInterruption } from './interruption.ts'
import { progressOn } from './progress.ts'
import type { World } from './world.ts'

/** What `import azure` was asked. */
export interface AzureRequest {
  readonly subscriptions: readonly string[]
  readonly resourceGroups: readonly string[]
  readonly out: string
  readonly tenant?: string
  readonly cloud: 'public' | 'government' | 'china'
  /** What is asked beside resources. */
  readonly routes: readonly RouteAnswer[]
  readonly printsCommands: boolean
}

type Collecting = typeof import('../collect/index.ts')

/** Runs `import azure`; the exit code. */
export async function importAzure(request: AzureRequest, world: World): Promise<number> {
  // Azure's packages are large: nothing else loads them.
  const collecting = await import('../collect/index.ts')
  if (request.printsCommands) {
    world.output.out(collecting.azCommands(request))
    return EXIT.yes
  }
  try {
    const cloud = collecting.cloudAt(request.cloud, world.environment.AZURE_RESOURCE_MANAGER_ENDPOINT)
    const token = world.environment.NETTRACE_AZURE_TOKEN
    const signIn = token ? collecting.signInWith(token) : collecting.signInOf(cloud, request.tenant)
    return await collected(collecting, request, { cloud, signIn }, world)
  } catch (error) {
    if (error instanceof collecting.UnusableEndpoint || error instanceof collecting.UnusableFolder)
      throw new UsageError(error.message)
    if (error instanceof collecting.SignInFailure) return unavailable(notSignedIn(error.message, request), world)
    if (error instanceof collecting.ReadFailure) return unavailable(notRead(error.facts), world)
    throw error
  }
}

interface Access {
  readonly cloud: Cloud
  readonly signIn: SignIn
}

async function collected(
  { collectAzure, checkFolder, filesOf, writeFiles }: Collecting,
  request: AzureRequest,
  { cloud, signIn }: Access,
  world: World,
): Promise<number> {
  const folder = isAbsolute(request.out) ? request.out : join(world.cwd, request.out)
  checkFolder(folder)
  const progress = progressOn(world.output, process.stderr)
  onInterruption(() => progress.keep(`nettrace: interrupted: nothing was written, ${inert(request.out)} is as it was`))
  try {
    const collection = await collectAzure(
      { ...request, cloud },
      {
        signIn,
        signal: new AbortController().signal,
        wait: (milliseconds) => setTimeout(milliseconds),
        onWait: (why, seconds) => progress.keep(`nettrace: ${why}: waiting ${seconds} s`),
        onProgress: (text) => progress.show(`nettrace: ${inert(text)}`),
      },
    )
    progress.end()
    const files = filesOf(collection)
    const written = writeFiles(folder, files)
    onInterruption(() => progress.keep(`nettrace: interrupted: ${inert(request.out)} is written and whole`))
    world.output.out(summary(collection, files.size, written, request, world))
    return collection.unread.length > 0 ? EXIT.cannotTell : EXIT.yes
  } finally {
    progress.end()
  }
}

function unavailable(words: string, world: World): number {
  world.output.err(`nettrace: ${words}\n`)
  return EXIT.unavailable
}

function notSignedIn(message: string, { tenant }: AzureRequest): string {
  const option = tenant === undefined ? '' : ` --tenant ${inert(tenant)}`
  return `not signed in to Azure: ${inert(message)}\nnettrace: nothing was written; sign in with: az login${option}`
}

function notRead({ status, why, code, needs }: FailureFacts): string {
  const told = [status, code].filter((one) => one !== undefined).join(' ')
  const shown = told === '' ? '' : ` (${told})`
  return `Azure could not be read: ${why}${shown}${hintFor(status, needs)}\nnettrace: nothing was written`
}

function hintFor(status: number | undefined, needs: string | undefined): string {
  if (status === 401) return '; a token lives about an hour, take a new one: az login, or az account get-access-token'
  if (status === 403) return `; needed: ${needs ?? 'the role Reader on the subscription'}`
  return status === 404 ? '; az account list shows the subscriptions of this sign-in' : ''
}

const LISTED = 40

function summary(collection: Collection, files: number, written: Written, request: AzureRequest, world: World): string {
  const { bodies, unread, subscriptions } = collection
  const out = inert(request.out)
  const silent = unread.filter(({ child }) => child === 'microsoft.resources/subscriptions').length
  const of = silent === 0 ? '' : `${subscriptions.length - silent} of `
  const lines = [
    `read ${counted(bodies.length, 'resource')} of ${of}${counted(subscriptions.length, 'subscription')}`,
    `wrote ${out}/ (${counted(files, 'file')})`,
    ...replaced(collection, written),
  ]
  if (bodies.length === 0)
    lines.push('! Resource Graph has nothing there that you may read: is the role Reader missing?')
  if (unread.length > 0) {
    lines.push('', `! could not be read, and answers that need it are unknown (${unread.length}):`)
    lines.push(...unread.slice(0, LISTED).map(unreadLine))
    if (unread.length > LISTED) lines.push(`  and ${unread.length - LISTED} more, in ${out}/nettrace-import.json`)
  }
  const own = ['nettrace.yaml', 'nettrace.yml'].find((name) => existsSync(join(world.cwd, name)))
  lines.push('', own === undefined ? 'write nettrace.yaml:' : `${own} needs:`)
  if (own === undefined) lines.push('  nettrace: 1')
  lines.push('  azure:', `    resources: [${yamlWord(request.out)}]`)
  lines.push('    # service-tags: service-tags.json     from: nettrace import service-tags FILE')
  lines.push('', `next   nettrace devices -t ${own ?? 'nettrace.yaml'}`)
  return `${lines.join('\n')}\n`
}

/** What of an earlier import is gone, so that nobody misses it later. */
function replaced({ subscriptions, resourceGroups }: Collection, { earlier, removed }: Written): string[] {
  const lines: string[] = []
  const named = (names: readonly string[]) =>
    names
      .map((one) => one.toLowerCase())
      .sort()
      .join(', ')
  if (earlier && named(earlier.subscriptions) !== named(subscriptions))
    lines.push(
      `! what stood there was of other subscriptions (${inert(named(earlier.subscriptions))}), and is replaced`,
    )
  else if (earlier && named(earlier.resourceGroups) !== named(resourceGroups)) {
    const groups = named(earlier.resourceGroups)
    lines.push(`! what stood there was of ${groups === '' ? 'all resource groups' : inert(groups)}, and is replaced`)
  }
  if (removed.length > 0) lines.push(`removed, as nothing of it is left: ${inert(removed.join(', '))}`)
  return lines
}

function unreadLine({ what, why, status, code, needs }: Unread): string {
  const told = [status, code].filter((one) => one !== undefined).join(' ')
  const allowed = status === 403 ? `; needed: ${needs ?? 'the role Reader'}` : ''
  return `  ${inert(what)}: ${why}${told === '' ? '' : ` (${told})`}${allowed}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function yamlWord(word: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(word) ? word : JSON.stringify(word)
}
