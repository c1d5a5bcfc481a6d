import { ANY, allOf, type Match, type Rule } from '../../../model/index.ts'
import { unionOf } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { addressesOfText } from '../estate/ip-group.ts'
import { endpointConnections } from '../estate/private-endpoint-connection.ts'
import { typeOf } from '../estate/resource-id.ts'
import { fromSubnet } from '../estate/subnet-stamp.ts'
import { siteToolsHost } from '../names/site-host.ts'
import { childrenOf, type ServiceAccess, subnetWords } from './service-access.ts'
import { refusalOf, type ServiceKind } from './service-kind.ts'

const APP = 'microsoft.web/sites'

/** An app that never said whether it is public is closed once it has a private endpoint (Learn: App Service access restrictions). */
export function appAccess(estate: Estate, body: Body): Partial<ServiceAccess> {
  if (body.has('publicNetworkAccess') && body.raw('publicNetworkAccess') !== '') return {}
  const id = body.id.toLowerCase()
  const isNamed = endpointConnections(estate).some((one) => one.targetId === id)
  if (!isNamed && body.children('privateEndpointConnections').length === 0) return {}
  const closedBy = 'publicNetworkAccess is not set and the app has a private endpoint'
  return { publicAccess: 'disabled', publicSource: body.source('name'), closedBy }
}

/**
 * The access restrictions of an app and of its advanced tools: the smaller priority first, of equal ones in their order;
 * where one rule stands, what none names is refused unless the default action says otherwise (Learn: App Service access
 * restrictions). `undefined` for what is no app, or has no rule.
 */
export function appRestrictions(estate: Estate, body: Body, kind: ServiceKind): readonly Rule[] | undefined {
  if (typeOf(body) !== APP) return undefined
  const [own] = childrenOf(estate, `${APP}/config`, body).filter((one) => one.name.toLowerCase().endsWith('web'))
  const settings = [body.child('siteConfig'), own].filter((one) => one !== undefined)
  const useMain = settings.some((one) => one.flag('scmIpSecurityRestrictionsUseMain') === true)
  const main = listOf(estate, settings, 'ipSecurityRestrictions', kind)
  const scm = useMain ? main : listOf(estate, settings, 'scmIpSecurityRestrictions', kind)
  if (main.length === 0 && scm.length === 0) return undefined
  const ofTools: Match = { kind: 'server-name', in: [siteToolsHost(body)] }
  const whole = (rule: Rule): Rule => ({
    ...rule,
    name: `advanced tools: ${rule.name}`,
    match: allOf(ofTools, rule.match),
  })
  const open: Rule = {
    name: 'no access restriction',
    match: ofTools,
    action: { kind: 'accept' },
    source: body.source(),
  }
  return [...(scm.length > 0 ? scm.map(whole) : [open]), ...main]
}

function listOf(estate: Estate, settings: readonly Body[], key: string, kind: ServiceKind): Rule[] {
  const holder = settings.find((one) => one.children(key).length > 0)
  const fallback = settings.find((one) => one.has(`${key}DefaultAction`))
  const word = fallback?.text(`${key}DefaultAction`)?.toLowerCase()
  if (!holder && word !== 'deny') return []
  const rules = (holder?.children(key) ?? [])
    .map((one, index) => ({ one, index, priority: one.number('priority') ?? 65000 }))
    .sort((a, b) => a.priority - b.priority || a.index - b.index)
    .map(({ one }) => ruleOf(estate, one, kind))
  const source = fallback?.source(`${key}DefaultAction`) ?? holder?.source(key) ?? { kind: 'implied', because: key }
  const refusal = refusalOf(kind, 'on')
  const name = 'no access restriction names the caller'
  const known = word === undefined || word === 'deny' || word === 'allow'
  if (!known) {
    const text = `${key}DefaultAction is neither Allow nor Deny`
    return [...rules, { name: 'default action', match: ANY, action: { kind: 'opaque', text }, source }]
  }
  if (word === 'allow') return [...rules, { name: 'default action', match: ANY, action: { kind: 'accept' }, source }]
  return [...rules, { name, match: ANY, action: { kind: 'drop' }, refusal, source }]
}

function ruleOf(estate: Estate, body: Body, kind: ServiceKind): Rule {
  const label = body.text('name') ?? body.text('ipAddress') ?? subnetWords(body.text('vnetSubnetResourceId') ?? '')
  const headers = body.child('headers')
  const unseen: Match = { kind: 'opaque', text: `access restriction ${label} also looks at headers of the request` }
  const plain = matchOf(estate, body, label)
  const match = headers && headers.keys().length > 0 ? allOf(plain, unseen) : plain
  const rule = { name: `access restriction ${label}`, match, source: body.source() }
  const word = body.text('action')?.toLowerCase()
  if (word === 'allow') return { ...rule, action: { kind: 'accept' } }
  if (word === 'deny') return { ...rule, action: { kind: 'drop' }, refusal: refusalOf(kind, 'on') }
  return { ...rule, action: { kind: 'opaque', text: 'its action is neither Allow nor Deny' } }
}

function matchOf(estate: Estate, body: Body, label: string): Match {
  const subnet = body.text('vnetSubnetResourceId')?.toLowerCase()
  if (subnet !== undefined) return fromSubnet(subnet, subnetWords(subnet))
  const text = body.text('ipAddress')
  if (text === undefined || text.toLowerCase() === 'any') return text === undefined ? unknown(label) : ANY
  const tag = body.text('tag')?.toLowerCase() ?? 'default'
  if (tag === 'servicetag') {
    const tags = text.split(',').map((one) => one.trim())
    const sets = tags.map((one) => estate.tag(one))
    const known = sets.filter((one) => one !== undefined)
    if (known.length < sets.length) return { kind: 'opaque', text: `service tag ${text}`, othersMissing: true }
    return { kind: 'source', in: unionOf(...known), serviceTags: tags }
  }
  const sets = text.split(',').map((one) => addressesOfText(one.trim()))
  const known = sets.filter((one) => one !== undefined)
  if (tag !== 'default' || body.has('subnetMask') || known.length < sets.length) return unknown(label)
  return { kind: 'source', in: unionOf(...known) }
}

function unknown(label: string): Match {
  return { kind: 'opaque', text: `whom access restriction ${label} is for` }
}
