import type { Diagnostic, Source, StubResolver } from '../../model/index.ts'
import { parseIp } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'

/** What the `options` of a resolv.conf say; absent members are as the file leaves them. */
type ResolvOptions = Partial<Pick<StubResolver, 'ndots' | 'rotate' | 'room' | 'overTcp'>>

/** What a resolv.conf says. */
export interface ResolvConf extends ResolvOptions {
  readonly servers: StubResolver['servers']
  /** The last `search` or `domain` line counts. */
  readonly search: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** How long an answer over UDP glibc takes with `edns0` (glibc 2.36: RESOLV_EDNS_BUFFER_SIZE). */
const GLIBC_EDNS_ROOM = 1200
const MOST_NDOTS = 15

/** Reads a resolv.conf (resolv.conf(5)): a keyword and its values a line, comments from `#` or `;` in the first column. */
export function importResolvConf(file: TextFile): ResolvConf {
  const servers: { ip: StubResolver['servers'][number]['ip']; source: Source }[] = []
  const diagnostics: Diagnostic[] = []
  let search: readonly string[] = []
  let options: ResolvOptions = {}
  file.text.split('\n').forEach((line, index) => {
    const [keyword = '', ...values] = line.trim().split(/\s+/)
    if (keyword === '' || /^[#;]/.test(line)) return
    const source: Source = {
      kind: 'line',
      file: file.path,
      line: index + 1,
      column: 1,
      text: line.trim().slice(0, 200),
    }
    const [first = ''] = values
    if (keyword === 'nameserver') {
      const ip = parseIp(first.replace(/%.*$/, ''))
      if (ip === undefined)
        diagnostics.push(warning('NT1881', `"${first.slice(0, 60)}" is no address of a name server`, source))
      else servers.push({ ip, source })
    } else if (keyword === 'search' || keyword === 'domain') {
      search = (keyword === 'domain' ? values.slice(0, 1) : values).map(domainOf)
    } else if (keyword === 'options') {
      const read = readResolvOptions(values, source)
      options = { ...options, ...read.options }
      diagnostics.push(...read.diagnostics)
    } else if (keyword !== 'sortlist') {
      diagnostics.push(warning('NT1880', `"${keyword.slice(0, 60)}" is no keyword of resolv.conf`, source))
    }
  })
  return { servers, search, ...options, diagnostics }
}

/** Options that change how long or how often is asked, or what is shown of the answer, and never whom or what. */
const NO_MATTER =
  /^(debug|timeout:\d+|attempts:\d+|single-request(-reopen)?|inet6|no-inet6|ip6-\w+|no-reload|trust-ad|no-aaaa|no-check-names|no-tld-query|insecure[12]|no-ip6-dotint)$/

/** Reads the words of an `options` line; one that is not known is reported. */
export function readResolvOptions(
  words: readonly string[],
  source: Source,
): { readonly options: ResolvOptions; readonly diagnostics: readonly Diagnostic[] } {
  let options: ResolvOptions = {}
  const diagnostics: Diagnostic[] = []
  for (const word of words) {
    const ndots = /^ndots:(\d{1,4})$/.exec(word)?.[1]
    if (ndots !== undefined) options = { ...options, ndots: Math.min(Number(ndots), MOST_NDOTS) }
    else if (word === 'rotate') options = { ...options, rotate: true }
    else if (word === 'edns0') options = { ...options, room: GLIBC_EDNS_ROOM }
    else if (word === 'use-vc' || word === 'usevc') options = { ...options, overTcp: true }
    else if (!NO_MATTER.test(word)) {
      diagnostics.push(warning('NT1882', `"${word.slice(0, 60)}" is no option of resolv.conf`, source))
    }
  }
  return { options, diagnostics }
}

function domainOf(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

function warning(code: string, what: string, source: Source): Diagnostic {
  return { severity: 'warning', code, message: `${what}; it is passed over, as the resolver library does.`, source }
}
