import { type LineLedger, STRUCTURE, type TextFile, TextPlaces } from '../../text/index.ts'
import { CHANGES_ANSWERS } from './lower.ts'
import type { BindReading } from './read.ts'
import { type BindStatement, isLookedAt, keywordOf } from './statement.ts'
import { nextToken } from './token.ts'

/**
 * Notes what became of every line of the files of a BIND, after they were lowered: a statement that lowering looked at is
 * in the model with the list in it. Records are noted where zone files are read. Does nothing for files without a ledger.
 */
export function noteLines(files: readonly TextFile[], roots: readonly TextFile[], reading: BindReading): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  if (ledgers.size === 0) return
  const read = new Set([...roots.map((one) => one.path), ...pathsOf(reading.statements)])
  for (const file of files) {
    if (!file.ledger) continue
    if (read.has(file.path)) noteComments(file, file.ledger)
    else noteZoneComments(file, file.ledger)
  }
  const note: Note = ({ source }, put) => {
    const ledger = source.kind === 'line' ? ledgers.get(source.file) : undefined
    if (ledger && source.kind === 'line') put(ledger, source.line)
  }
  for (const one of reading.includes) noteAll(one, note, (ledger, line) => ledger.modelled(line))
  for (const one of reading.statements) noteStatement(one, '', note)
}

type Put = (ledger: LineLedger, line: number) => void
type Note = (at: Pick<BindStatement, 'source'>, put: Put) => void

// What holds statements that are looked at one by one.
const CONTAINERS: ReadonlySet<string> = new Set(['options', 'view', 'zone'])

function noteStatement(statement: BindStatement, around: string, note: Note): void {
  const keyword = keywordOf(statement)
  if (CONTAINERS.has(keyword)) {
    const isRead = keyword === 'options' || isLookedAt(statement)
    for (const word of statement.words) {
      note(word, (ledger, line) => {
        if (keyword === 'options') ledger.inert(line, STRUCTURE)
        else if (isRead) ledger.modelled(line)
        else ledger.unread(line, `this ${keyword} is not read`)
      })
    }
    for (const inner of statement.blocks.flat()) noteStatement(inner, keyword, note)
    return
  }
  const put = judge(statement, keyword, around)
  noteAll(statement, note, put)
}

function judge(statement: BindStatement, keyword: string, around: string): Put {
  if (isLookedAt(statement)) return (ledger, line) => ledger.modelled(line)
  const [, first = ''] = statement.words.map((word) => word.text.toLowerCase())
  const inside = statement.blocks[0]?.map((one) => one.words.map((word) => word.text.toLowerCase()).join(' '))
  const value = inside ? inside.join(' ') : first
  if (INERT.has(keyword) || USUAL[keyword]?.includes(value) === true) {
    return (ledger, line) => ledger.inert(line, `${keyword} changes no answer`)
  }
  const isKnown = CHANGES_ANSWERS.includes(keyword) || KNOWN.has(keyword)
  const of = around === '' ? keyword : `${keyword} of ${around}`
  if (isKnown) return (ledger, line) => ledger.known(line, `${of} can change answers and is not modelled`)
  return (ledger, line) => ledger.unread(line, `${of} is not read`)
}

function noteAll(statement: BindStatement, note: Note, put: Put): void {
  for (const word of statement.words) note(word, put)
  for (const inner of statement.blocks.flat()) noteAll(inner, note, put)
}

function pathsOf(statements: readonly BindStatement[]): string[] {
  return statements.flatMap(({ source, blocks }) => [
    ...(source.kind === 'line' ? [source.file] : []),
    ...blocks.flatMap(pathsOf),
  ])
}

/** Lines without a word of the configuration are comments. */
function noteComments({ text }: TextFile, ledger: LineLedger): void {
  const places = new TextPlaces(text)
  const told = new Set<number>()
  for (let token = nextToken(text, 0); token; token = nextToken(text, token.end)) {
    for (let line = places.at(token.start).line; line <= places.at(token.end).line; line++) told.add(line)
  }
  text.split('\n').forEach((line, index) => {
    if (line.trim() !== '' && !told.has(index + 1)) ledger.inert(index + 1, 'a comment')
  })
}

function noteZoneComments({ text }: TextFile, ledger: LineLedger): void {
  text.split('\n').forEach((line, index) => {
    if (/^\s*;/.test(line) && ledger.isSilent(index + 1)) ledger.inert(index + 1, 'a comment')
  })
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

// Logs, keys of the control channel, signing and transfer of own zones, sizes and times (BIND 9 ARM: options statement).
const INERT = words(`directory version hostname server-id pid-file dump-file statistics-file memstatistics-file
  memstatistics recursing-file secroots-file session-keyfile session-keyname session-keyalg managed-keys-directory
  bindkeys-file key-directory new-zones-directory logging controls key statistics-channels zone-statistics querylog
  notify also-notify notify-source notify-source-v6 notify-delay allow-transfer allow-update allow-update-forwarding
  allow-notify update-policy ixfr-from-differences max-journal-size transfer-format transfers-in transfers-out
  transfers-per-ns transfer-source transfer-source-v6 max-transfer-time-in max-transfer-idle-in max-transfer-time-out
  max-transfer-idle-out serial-query-rate serial-update-method provide-ixfr request-ixfr tcp-clients
  tcp-listen-queue recursive-clients clients-per-query max-clients-per-query max-cache-size max-cache-ttl max-ncache-ttl
  min-cache-ttl min-ncache-ttl cleaning-interval interface-interval heartbeat-interval lame-ttl prefetch stale-answer-ttl
  max-stale-ttl stale-cache-enable stale-answer-enable files datasize stacksize coresize fetches-per-zone
  fetches-per-server fetch-quota-params reserved-sockets auth-nxdomain minimal-responses minimal-any rrset-order
  flush-zones-on-shutdown dnssec-enable dnssec-policy dnssec-dnskey-kskonly dnssec-secure-to-insecure inline-signing
  auto-dnssec sig-validity-interval masterfile-format masterfile-style check-names check-integrity check-mx check-srv-cname
  check-sibling check-spf check-dup-records check-wildcard max-records max-zone-ttl trust-anchor-telemetry use-v4-udp-ports
  use-v6-udp-ports match-mapped-addresses keep-response-order nocookie-udp-size cookie-algorithm cookie-secret
  send-cookie answer-cookie require-server-cookie dnstap dnstap-output dnstap-identity dnstap-version geoip-directory
  lock-file random-device tkey-gssapi-keytab tkey-gssapi-credential tkey-domain tkey-dhkey startup-notify-rate
  additional-from-auth additional-from-cache acache-enable fake-iquery multiple-cnames rfc2308-type1 use-ixfr
  max-rsa-exponent-size resolver-query-timeout max-recursion-depth max-recursion-queries server-addresses-ttl
  primaries masters journal dialup synth-from-dnssec qname-minimization`)

// The values by which these do what is modelled without them.
const USUAL: Readonly<Record<string, readonly string[]>> = {
  'listen-on-v6': ['any', 'none'],
  'listen-on': ['any'],
  'dnssec-validation': ['no'],
  'query-source': ['address *', '*'],
}

const KNOWN = words(`dnssec-validation dnssec-accept-expired dnssec-must-be-secure validate-except trust-anchors
  managed-keys trusted-keys query-source query-source-v6 port listen-on listen-on-v6 rate-limit disable-empty-zone
  empty-server empty-contact response-padding edns-udp-size max-udp-size server dlz catalog-zones dyndb plugin
  no-case-compress dual-stack-servers prefer-server preferred-glue match-destinations match-recursive-only
  allow-query allow-query-on allow-recursion-on allow-query-cache-on attach-cache zero-no-soa-ttl nxdomain-redirect
  dns64-server dns64-contact filter-aaaa-on-v4 filter-aaaa-on-v6 delegation-only use-alt-transfer-source tls http in-view`)
