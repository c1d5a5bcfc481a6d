import type { ResolverPart } from '../../model/index.ts'
import { type LineLedger, STRUCTURE, type TextFile } from '../../text/index.ts'
import type { UnboundClause, UnboundOption } from './read.ts'

/** Notes what became of every line of the files of an unbound, after they were lowered. Does nothing without ledgers. */
export function noteLines(
  files: readonly TextFile[],
  clauses: readonly UnboundClause[],
  { resolver }: ResolverPart,
): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  if (ledgers.size === 0) return
  for (const { ledger, text } of files) if (ledger) noteWords(text, ledger)
  const put = ({ source }: Pick<UnboundOption, 'source'>, note: (ledger: LineLedger, line: number) => void) => {
    const ledger = source.kind === 'line' ? ledgers.get(source.file) : undefined
    if (ledger && source.kind === 'line') note(ledger, source.line)
  }
  const lacking = new Set(resolver?.notModelled)
  for (const clause of clauses) {
    put(clause, (ledger, line) => ledger.inert(line, STRUCTURE))
    for (const option of clause.options) {
      const { kind, because } = readingOf(clause.name, option)
      const isLacking = lacking.has(`${option.name} ${option.values.join(' ')}`)
      put(option, (ledger, line) => {
        if (kind === 'modelled' && isLacking) ledger.known(line, `${option.name} with this value is not modelled`)
        else if (kind === 'modelled') ledger.modelled(line)
        else ledger[kind](line, because)
      })
    }
  }
}

function noteWords(text: string, ledger: LineLedger): void {
  text.split('\n').forEach((line, index) => {
    if (/^\s*#/.test(line)) ledger.inert(index + 1, 'a comment')
    else if (/^\s*include(?:-toplevel)?:/.test(line)) ledger.modelled(index + 1)
  })
}

interface OptionReading {
  readonly kind: 'modelled' | 'known' | 'inert' | 'unread'
  readonly because: string
}

function readingOf(clause: string, { name, values }: UnboundOption): OptionReading {
  if (INERT_CLAUSES.has(clause)) return { kind: 'inert', because: `${clause} changes no answer` }
  const known = { kind: 'known', because: `${name} of ${clause} can change answers and is not modelled` } as const
  if (clause === 'forward-zone' || clause === 'stub-zone') {
    const part = name.replace(/^(?:forward|stub)-/, '')
    if (ZONE_READ.has(part)) return { kind: 'modelled', because: '' }
    if (ZONE_INERT.has(part)) return { kind: 'inert', because: `${name} changes no answer` }
    return { kind: 'unread', because: `the unbound option ${name} is not read` }
  }
  if (clause !== 'server') return known
  if (READ.has(name)) return { kind: 'modelled', because: '' }
  if (USUAL[name] === values[0]?.toLowerCase()) return { kind: 'inert', because: `${name} is so without being said` }
  if (KNOWN.has(name)) return known
  const isInert =
    INERT.has(name) ||
    /^(?:log-|so-|statistics-|ratelimit|ip-ratelimit|outgoing-|infra-|rrset-cache|msg-cache|key-cache|neg-cache|tls-(?!upstream)|ssl-(?!upstream)|http-|https-|quic-|ede|val-|serve-expired|dnscrypt|target-fetch|cache-|wait-limit|sock-queue|edns-tcp|stream-wait|fast-server)/.test(
      name,
    )
  return isInert
    ? { kind: 'inert', because: `${name} changes no answer` }
    : { kind: 'unread', because: `the unbound option ${name} is not read` }
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

// unbound.conf(5): what steers, keeps or transports, and says nothing of answers.
const INERT_CLAUSES = words('remote-control dnstap cachedb python dynlib dnscrypt ipset')

/** Options of `server:` that lowering reads. */
const READ = words(`interface ip-address interface-automatic access-control local-zone local-data local-data-ptr
  private-address private-domain unblock-lan-zones tcp-upstream`)

/** Options of a forward or stub zone that lowering reads, without `forward-` and `stub-`. */
const ZONE_READ = words('name addr host first tls-upstream ssl-upstream tcp-upstream')
const ZONE_INERT = words('no-cache prime tls-cert-bundle')

// The values by which these do nothing (unbound.conf(5)).
const USUAL: Readonly<Record<string, string>> = {
  ...{ port: '53', 'do-ip4': 'yes', 'do-ip6': 'yes', 'do-udp': 'yes', 'do-tcp': 'yes', 'prefer-ip4': 'no' },
  ...{ 'tls-upstream': 'no', 'ssl-upstream': 'no', 'do-not-query-localhost': 'yes', 'module-config': 'iterator' },
  ...{ 'insecure-lan-zones': 'no', 'unknown-server-time-limit': '376', 'prefer-ip6': 'no', 'minimal-responses': 'yes' },
}

/** Options that can change an answer, or who gets one, and that the model has no word for. */
const KNOWN = words(`access-control-tag access-control-tag-action access-control-tag-data access-control-view
  interface-action interface-tag interface-tag-action interface-tag-data interface-view local-zone-tag define-tag
  local-zone-override dns64-prefix dns64-synthall dns64-ignore-aaaa response-ip response-ip-data response-ip-tag port
  do-ip4 do-ip6 do-udp do-tcp do-nat64 nat64-prefix prefer-ip4 prefer-ip6 tls-upstream ssl-upstream
  do-not-query-address do-not-query-localhost module-config auto-trust-anchor-file trust-anchor trust-anchor-file
  trusted-keys-file trust-anchor-signaling domain-insecure insecure-lan-zones outgoing-interface outgoing-port-permit
  outgoing-port-avoid edns-buffer-size max-udp-size udp-upstream-without-downstream disable-dnssec-lame-check
  harden-dnssec-stripped harden-algo-downgrade ignore-cd-flag root-hints deny-any client-subnet-zone
  client-subnet-always-forward send-client-subnet disable-edns-do block-a iter-scrub-promiscuous`)

/** Options for the process, its logs, caches and buffers, and how hard it looks. */
const INERT = words(`verbosity num-threads extended-statistics username chroot directory logfile pidfile use-syslog
  use-systemd do-daemonize hide-identity hide-version hide-trustanchor hide-http-user-agent identity version nsid
  harden-glue harden-large-queries harden-short-bufsize harden-referral-path harden-below-nxdomain harden-unverified-glue
  harden-unknown-additional use-caps-for-id caps-whitelist caps-exempt qname-minimisation qname-minimisation-strict
  aggressive-nsec unwanted-reply-threshold prefetch prefetch-key rrset-roundrobin minimal-responses add-holddown
  del-holddown keep-missing permit-small-holddown num-queries-per-thread jostle-timeout delay-close
  discard-timeout max-reuse-tcp-queries tcp-reuse-timeout tcp-auth-query-timeout tcp-idle-timeout tcp-mss
  max-query-restarts max-global-quota incoming-num-tcp tcp-connection-limit edns-client-string
  edns-client-string-opcode zonemd-permissive-mode zonemd-check ip-transparent ip-freebind ip-dscp bind-to-device
  pad-responses pad-responses-block-size pad-queries pad-queries-block-size answer-cookie cookie-secret
  cookie-secret-file delay-close unknown-server-time-limit low-rtt low-rtt-pct fake-dsa fake-sha1 dlv-anchor
  dlv-anchor-file low-rtt-permil msg-buffer-size proxy-protocol-port root-key-sentinel shm-enable shm-key
  ipsecmod-enabled redis-server-host max-client-subnet-ipv4 max-client-subnet-ipv6 sldns-time dns-over-quic-port`)
