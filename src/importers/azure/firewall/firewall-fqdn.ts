import { allOf, type Match, someOf } from '../../../model/index.ts'
import { NO_ADDRESS } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'

/**
 * The names an application rule is about: `targetFqdns` with wildcards; FQDN tags, web categories and URLs are lists
 * of Microsoft's or parts of a request we do not see, so they are opaque, and reported once a rule (Learn: Azure
 * Firewall FQDN tags, web categories).
 */
export function fqdnMatch(estate: Estate, rule: Body): Match {
  const plain: string[] = []
  const others: Match[] = []
  for (const text of rule.texts('targetFqdns')) {
    const name = text.toLowerCase().replace(/\.$/, '')
    if (isPattern(name)) plain.push(name)
    else if (!isNameLike(name)) others.push(unreadName(estate, rule, text, 'targetFqdns'))
    else others.push(...partlyKnown(estate, rule, name))
  }
  const urls = rule.texts('targetUrls').map((url) => urlMatch(url))
  const lists = [
    ...rule.texts('fqdnTags').map((tag) => `FQDN tag ${tag}`),
    ...rule.texts('webCategories').map((category) => `web category ${category}`),
  ]
  if (lists.length + urls.length > 0) {
    const message = `application rule ${rule.name}: ${[...lists, ...(urls.length > 0 ? ['target URLs'] : [])].join(', ')} cannot be evaluated`
    estate.report(rule.diagnostic('warning', 'NT1709', message))
  }
  const known: Match[] = plain.length > 0 ? [{ kind: 'server-name', in: plain }] : []
  const opaque = lists.map((text): Match => ({ kind: 'opaque', text }))
  const all = [...known, ...others, ...urls, ...opaque]
  return all.length > 0 ? someOf(...all) : { kind: 'opaque', text: 'the rule names no target' }
}

/** What a `server-name` match can say exactly: a name, `*.x`, or `*`. */
function isPattern(name: string): boolean {
  return isNameLike(name) && (name === '*' || !name.replace(/^\*\./, '').includes('*'))
}

/** Letters of any script, digits and what else stands in names and patterns of them; an expression is none. */
function isNameLike(name: string): boolean {
  return /^[\p{L}\p{N}_.*-]+$/u.test(name)
}

/** A member that is to be a name and is none: which names it is for cannot be told. */
export function unreadName(estate: Estate, rule: Body, text: string, key: string): Match {
  const message = `rule ${rule.name}: "${text}" is no host name, so what it matches is unknown`
  estate.report(rule.diagnostic('warning', 'NT1709', message, key))
  return { kind: 'opaque', text: `name ${text}` }
}

/**
 * The names of a network rule, as the firewall compares them: with the addresses its own DNS gave for each. Wildcards are
 * not taken there (Learn: Azure Firewall FQDN filtering in network rules).
 */
export function lookedUpMatch(estate: Estate, rule: Body): Match[] {
  const names = rule.texts('destinationFqdns').map((name) => name.toLowerCase().replace(/\.$/, ''))
  const plain = names.filter((name) => isNameLike(name) && !name.includes('*'))
  const others = names.filter((name) => !plain.includes(name))
  const lookedUp = { addresses: NO_ADDRESS, complete: false }
  return [
    ...(plain.length > 0 ? [{ kind: 'server-name', in: plain, lookedUp } as const] : []),
    ...others.map((name) => unreadName(estate, rule, name, 'destinationFqdns')),
  ]
}

/**
 * A wildcard inside a label: `*contoso.com` takes contoso.com and everything below it for certain, and perhaps names
 * that only end so; other places of the star are doubtful below the part behind it.
 */
function partlyKnown(estate: Estate, rule: Body, name: string): Match[] {
  const behind = name.slice(name.lastIndexOf('*') + 1)
  const leading = name.lastIndexOf('*') === 0
  const suffix = behind.slice(behind.indexOf('.') + 1)
  const doubtful = allOf(
    { kind: 'server-name', in: [behind.includes('.') ? `*.${suffix}` : '*'] },
    { kind: 'opaque', text: `target FQDN ${name}` },
  )
  if (leading && behind.includes('.')) return [{ kind: 'server-name', in: [behind, `*.${behind}`] }, doubtful]
  const message = `application rule ${rule.name}: the wildcard in "${name}" cannot be evaluated; list the names instead`
  estate.report(rule.diagnostic('warning', 'NT1709', message, 'targetFqdns'))
  return [doubtful]
}

function urlMatch(url: string): Match {
  const host =
    url
      .toLowerCase()
      .replace(/^\w+:\/\//, '')
      .split(/[/:]/, 1)[0] ?? ''
  const bound = isPattern(host) && host !== '' ? host : '*'
  return allOf({ kind: 'server-name', in: [bound] }, { kind: 'opaque', text: `target URL ${url}` })
}
