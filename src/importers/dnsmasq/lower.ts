import type { Diagnostic, Resolver, ResolverPart } from '../../model/index.ts'
import { addressSet, unionOf } from '../../net/index.ts'
import { answerEdits } from './edits.ts'
import { forwardPlan } from './forwards.ts'
import { DNSMASQ_HABITS } from './habits.ts'
import { localNames } from './local-names.ts'
import type { DnsmasqOption } from './option.ts'
import { CHANGES_ANSWERS, isKnownOption } from './option-table.ts'
import { rebindProtection } from './rebind.ts'
import { domainName } from './server-value.ts'
import type { DnsmasqSurroundings } from './surroundings.ts'
import { zonesOf } from './zones.ts'

/**
 * The name server some dnsmasq options describe (dnsmasq(8)). Without `resolver` when `port=0` switches it off. A
 * CNAME in an answer from elsewhere is handed on as it is, its target is not asked again (measured on dnsmasq 2.90).
 */
export function lowerDnsmasq(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): ResolverPart {
  const has = (name: string) => options.some((option) => option.name === name)
  const last = (name: string) => options.filter((option) => option.name === name).pop()
  if (last('port')?.value === '0') return { diagnostics: [] }
  const domain = options.find((option) => option.name === 'domain' && !option.value.includes(','))?.value
  const domainText = domain === undefined || domain === '#' ? undefined : domainName(domain)
  const names = localNames(options, around.hosts, domainText)
  const plan = forwardPlan([...options, ...domainIsLocal(options)], around)
  const leases = has('dhcp-range') && domainText !== undefined ? { leaseDomain: domainText } : {}
  const rebind = rebindProtection(options)
  const { edits, lacking } = answerEdits(options)
  const allows = allowed(options, around)
  const resolver: Resolver = {
    label: around.label,
    habits: has('strict-order') ? { ...DNSMASQ_HABITS, onFailure: 'silence' } : DNSMASQ_HABITS,
    zones: zonesOf({
      records: names.records,
      reverse: names.reverse,
      options,
      unknown: [...plan.unknown, ...names.uncertain],
      ...leases,
      localOnly: plan.forwards.flatMap(({ to, plain, suffix }) => (to.length === 0 && !plain ? [suffix] : [])),
      forwardsPlain: plan.forwards.some((forward) => forward.plain),
      localises: has('localise-queries'),
      label: around.label,
      source: around.source,
    }),
    forwards: plan.forwards,
    rechasesCname: false,
    ...(rebind && { rebind }),
    ...(edits && { edits }),
    ...(allows && { allows }),
    otherwise: plan.otherwise,
    ...(has('domain-needed') && { domainNeeded: true }),
    notModelled: [...plan.notModelled, ...lacking, ...(around.lacking ?? []), ...notModelled(options, around)],
    source: around.source,
  }
  return { resolver, diagnostics: [...names.diagnostics, ...unknownOptions(options)] }
}

/** `domain=x,range,local` says that x is answered locally, as `local=/x/` does. */
function domainIsLocal(options: readonly DnsmasqOption[]): DnsmasqOption[] {
  return options
    .filter((option) => option.name === 'domain' && /,\s*local$/.test(option.value))
    .map((option) => ({ name: 'local', value: `/${option.value.split(',')[0]}/`, source: option.source }))
}

const LISTENS_BY_CHOICE = ['interface', 'listen-address', 'except-interface', 'auth-server']

/** `local-service` counts only where no interface or address to listen on is given (dnsmasq(8), --local-service). */
function allowed(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): Resolver['allows'] {
  const service = localService(options)
  if (!service || !around.attached) return undefined
  const clients = unionOf(around.attached, addressSet('127.0.0.0/8', '::1'))
  return { clients, otherwise: 'ignore', source: service.source }
}

function localService(options: readonly DnsmasqOption[]): DnsmasqOption | undefined {
  if (options.some((option) => LISTENS_BY_CHOICE.includes(option.name))) return undefined
  return options.find((option) => option.name === 'local-service')
}

function notModelled(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): string[] {
  const facts = options
    .filter((option) => CHANGES_ANSWERS.has(option.name))
    .map((option) => (option.value === '' ? option.name : `${option.name} ${option.value}`))
  if (localService(options) && !around.attached) {
    facts.push('local-service: only clients on networks this device is attached to are answered')
  }
  return [...new Set(facts)]
}

function unknownOptions(options: readonly DnsmasqOption[]): Diagnostic[] {
  const seen = new Set<string>()
  const diagnostics: Diagnostic[] = []
  for (const option of options) {
    if (isKnownOption(option.name) || seen.has(option.name)) continue
    seen.add(option.name)
    const message = `The dnsmasq option ${option.name} is not known here and was not read.`
    diagnostics.push({ severity: 'warning', code: 'NT1364', message, source: option.source })
  }
  return diagnostics
}
