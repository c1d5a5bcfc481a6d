import { type Action, ANY, allOf, type Match, type Rule, someOf } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  ICMP,
  ICMP6,
  type PortRange,
  type Prefix,
  type Protocol,
  parsePortRange,
  parsePrefix,
  parseProtocol,
  TCP,
  unionOf,
} from '../../../net/index.ts'
import { nearestNames } from '../../../text/index.ts'
import { METADATA_ADDRESS, PLATFORM_ADDRESS } from '../estate/address-space.ts'
import { applicationSecurityGroup } from '../estate/application-security-group.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { inVirtualNetwork, type SubnetTags } from './address-tag.ts'

/** Which side of a packet a field of a rule speaks of. */
export type Side = 'source' | 'destination'

/** Where a rule stands: what its tags mean there, and which of its fields count. */
export interface RuleContext {
  readonly estate: Estate
  readonly tags: SubnetTags
  /** Source ports count as `*`: rules for private endpoints (Learn: Manage network policies for private endpoints). */
  readonly ignoresSourcePorts: boolean
}

/** The rule of the model for one rule of an NSG. */
export function securityRule(context: RuleContext, body: Body): Rule {
  const priority = body.number('priority')
  const description = body.text('description')
  const opened = usesVirtualNetwork(body) ? context.tags.everything : undefined
  const comment = [description, opened].filter((one) => one !== undefined).join('; ')
  return {
    name: `rule ${priority ?? '?'} ${body.name}`,
    match: allOf(
      protocolMatch(context.estate, body),
      addressMatch(context, body, 'source'),
      context.ignoresSourcePorts ? ANY : portMatch(context.estate, body, 'source'),
      addressMatch(context, body, 'destination'),
      portMatch(context.estate, body, 'destination'),
    ),
    action: unplaced(context.estate, body) ?? accessOf(context.estate, body),
    ...(comment !== '' && { comment }),
    source: body.source('name'),
  }
}

/** Whether a rule speaks of the service tag VirtualNetwork. */
export function usesVirtualNetwork(body: Body): boolean {
  const fields = [...prefixTexts(body, 'source'), ...prefixTexts(body, 'destination')]
  return fields.some((text) => text.toLowerCase() === 'virtualnetwork')
}

/** The action of a rule that is in no order, or on neither side: whatever it matches is undecided. */
export function unplaced(estate: Estate, body: Body): Action | undefined {
  const directed = /^(in|out)bound$/i.test(body.text('direction') ?? '')
  if (directed && body.number('priority') !== undefined) return undefined
  const what = directed ? 'priority' : 'direction'
  const text = `the ${what} of rule ${body.name} cannot be read`
  estate.report(body.diagnostic('warning', 'NT1610', text, what))
  return { kind: 'opaque', text }
}

function accessOf(estate: Estate, body: Body): Action {
  const access = body.text('access')?.toLowerCase()
  if (access === 'allow') return { kind: 'accept' }
  if (access === 'deny') return { kind: 'drop' }
  estate.report(body.diagnostic('warning', 'NT1610', `rule ${body.name} neither allows nor denies`, 'access'))
  return { kind: 'opaque', text: `access ${body.text('access') ?? 'missing'}` }
}

const shared = perEstate(() => new Map<string, Match>())

/** One match object for each distinct text, so that a thousand rules share it. */
function interned(memory: Map<string, Match>, key: string, make: () => Match): Match {
  const known = memory.get(key)
  if (known) return known
  const made = make()
  memory.set(key, made)
  return made
}

/** `Icmp` is taken to hold both ICMP and ICMPv6; the page names neither. */
export function protocolMatch(estate: Estate, body: Body): Match {
  const text = body.text('protocol')?.toLowerCase() ?? (body.raw('protocol') === '' ? '*' : undefined)
  if (text === undefined) {
    estate.report(body.diagnostic('warning', 'NT1611', `rule ${body.name} names no protocol`, 'protocol'))
    return { kind: 'opaque', text: 'no protocol' }
  }
  if (text === '*' || text === 'any' || text === 'all') return ANY
  return interned(shared(estate), `protocol ${text}`, () => {
    const protocol = parseProtocol(text)
    if (protocol === undefined) {
      estate.report(
        body.diagnostic('warning', 'NT1611', `protocol "${text}" of rule ${body.name} is not known`, 'protocol'),
      )
      return { kind: 'opaque', text: `protocol ${text}` }
    }
    return { kind: 'protocol', in: protocol === ICMP ? [ICMP, ICMP6] : [protocol] }
  })
}

const PORTLESS: readonly (Protocol | undefined)[] = [ICMP, 50, 51]

/** Ports are not looked at for ICMP, ESP and AH; `*` means packets without ports too. */
export function portMatch(estate: Estate, body: Body, side: Side): Match {
  const texts = [...body.texts(`${side}PortRange`), ...body.texts(`${side}PortRanges`)]
  if (texts.length === 0 || texts.includes('*') || PORTLESS.includes(parseProtocol(body.text('protocol') ?? ''))) {
    return ANY
  }
  return interned(shared(estate), `${side} ports ${texts.join()}`, () => {
    const parts = texts.flatMap((text) => text.split(',')).map((text) => text.trim())
    const ranges = parts.map((text): PortRange | undefined => parsePortRange(text))
    const known = ranges.filter((one) => one !== undefined)
    if (known.length < ranges.length) {
      const text = `${side} ports ${texts.join()}`
      estate.report(body.diagnostic('warning', 'NT1612', `${text} of rule ${body.name} cannot be read`))
      return { kind: 'opaque', text }
    }
    // Azure's own listing spells `*` as 0-65535.
    if (known.some((one) => one.first === 0 && one.last === 65535)) return ANY
    return { kind: side === 'source' ? 'source-port' : 'destination-port', in: known }
  })
}

function prefixTexts(body: Body, side: Side): string[] {
  return [...body.texts(`${side}AddressPrefix`), ...body.texts(`${side}AddressPrefixes`)]
}

function addressMatch(context: RuleContext, body: Body, side: Side): Match {
  const { estate } = context
  const groups = body.references(`${side}ApplicationSecurityGroups`)
  const texts = prefixTexts(body, side)
  if (groups.length > 0) {
    const key = `${side} groups ${groups.join()}`
    return interned(shared(estate), key, () => {
      return { kind: side, in: unionOf(...groups.map((id) => applicationSecurityGroup(estate, id))) }
    })
  }
  if (texts.length > 0) return addressesMatch(context, body, side, texts)
  estate.report(body.diagnostic('warning', 'NT1613', `rule ${body.name} says nothing of its ${side}`))
  return { kind: 'opaque', text: `no ${side}` }
}

/** The match of prefixes and service tags, as an NSG or a security admin rule lists them. */
export function addressesMatch(context: RuleContext, body: Body, side: Side, texts: readonly string[]): Match {
  if (texts.some((text) => ['*', 'any'].includes(text.toLowerCase()))) return ANY
  return interned(context.tags.matches, `${side} ${texts.join()}`, () => {
    const prefixes: Prefix[] = []
    const tags: Match[] = []
    for (const text of texts) {
      const prefix = parsePrefix(text)
      if (prefix) prefixes.push(prefix)
      else tags.push(interned(context.tags.matches, `${side} ${text}`, () => tagMatch(context, body, side, text)))
    }
    if (prefixes.length === 0) return someOf(...tags)
    return someOf({ kind: side, in: addressesOfPrefixes(prefixes) }, ...tags)
  })
}

/** The platform's own tags: what they hold is fixed and in no list (168.63.129.16:53, 169.254.169.254). */
const PLATFORM_TAGS: ReadonlyMap<string, { readonly in: AddressSet; readonly port?: number }> = new Map([
  ['azureplatformdns', { in: addressesOfPrefixes([PLATFORM_ADDRESS]), port: 53 }],
  ['azureplatformimds', { in: addressesOfPrefixes([METADATA_ADDRESS]) }],
  ['azureloadbalancer', { in: addressesOfPrefixes([PLATFORM_ADDRESS]) }],
])

const LICENSING: Match = allOf(
  { kind: 'protocol', in: [TCP] },
  { kind: 'destination-port', in: [{ first: 1688, last: 1688 }] },
)

/** Whether a rule speaks of Azure's platform addresses: the only kind that can block them. */
export function targetsPlatform(body: Body): boolean {
  return prefixTexts(body, 'destination').some((text) => /^azureplatform(dns|imds|lkm)$/i.test(text))
}

function tagMatch({ estate, tags }: RuleContext, body: Body, side: Side, text: string): Match {
  const name = text.toLowerCase()
  if (name === 'virtualnetwork') return inVirtualNetwork(tags, side)
  if (name === 'internet') return { kind: side, in: tags.internet }
  const platform = PLATFORM_TAGS.get(name)
  if (platform) {
    const kind = side === 'source' ? 'source-port' : 'destination-port'
    const port: Match =
      platform.port === undefined ? ANY : { kind, in: [{ first: platform.port, last: platform.port }] }
    return allOf({ kind: side, in: platform.in }, port)
  }
  const listed = estate.tag(name)
  if (listed) return { kind: side, in: listed, serviceTags: [text] }
  reportTag(estate, body, side, text)
  // Licensing is on TCP 1688, wherever its servers are (Learn: Network security groups, "Azure platform considerations").
  if (name === 'azureplatformlkm') return allOf(LICENSING, { kind: 'opaque', text: `${side} ${text}` })
  return { kind: 'opaque', text: `${side} ${text}`, ...(!estate.tags && { othersMissing: true }) }
}

const reported = perEstate(() => new Set<string>())

function reportTag(estate: Estate, body: Body, side: Side, text: string): void {
  const seen = reported(estate)
  if (seen.has(text.toLowerCase())) return
  seen.add(text.toLowerCase())
  const near = nearestNames(text, estate.tags?.tags.keys() ?? [])
  const why = estate.tags ? 'is not in the list of service tags that was read' : 'needs the list of service tags'
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
  const message = `the service tag "${text}" ${why}: rules with it cannot be decided${hint}`
  estate.report(body.diagnostic('warning', 'NT1614', message, `${side}AddressPrefix`))
}
