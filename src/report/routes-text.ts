import type { Device, Route, TableRule } from '../model/index.ts'
import { compareIps, formatIp, formatPrefix, type Ip } from '../net/index.ts'
import { inert } from '../text/index.ts'
import type { Found } from '../trace/index.ts'
import { type Line, layOut } from './columns.ts'
import { nextHopWords } from './hop-words.ts'
import { matchWords } from './match-words.ts'

/** Every route of a device by table and prefix; those not in use with the reason. */
export function routesText(device: Device): string {
  const blocks = device.tables.map((table) => {
    const routes = [...table.routes].sort(byPrefix)
    return [
      `table ${inert(table.name)}`,
      ...layOut(routes.map((route) => routeLine(route, route.inactive === undefined ? '✓' : '–', route.inactive))),
    ]
  })
  const rules = layOut(device.tableRules.map(ruleLine))
  const head = [`${inert(device.name)}  ${inert(device.label)}`]
  const all = rules.length > 0 ? [head, ['policy rules, in order', ...rules], ...blocks] : [head, ...blocks]
  return `${all.map((block) => block.join('\n')).join('\n\n')}\n`
}

function ruleLine({ name, match, action, source }: TableRule): Line {
  return { lead: `  ${name}`, text: `${matchWords(match)} → ${tableRuleWords(action)}`, source }
}

function tableRuleWords(action: TableRule['action']): string {
  if (action.kind === 'discard') return action.answer === 'silent' ? 'discards' : `refuses (${action.answer})`
  const { table, onMiss, suppressPrefixLength: least } = action
  const passedOver = least === undefined ? '' : `, its routes of length ${least} or shorter passed over`
  return `table ${table}${passedOver}${onMiss === 'stop' ? ', and no other' : ''}`
}

/** The route a device takes to one destination, and the others that hold it with why they lost. */
export function routeChoiceText(device: Device, destination: Ip, found: Found): string {
  const head = `${inert(device.name)} to ${formatIp(destination)}`
  const winner = found.best[0]
  const lines: Line[] = found.best.map((route) =>
    routeLine(route, '✓', found.best.length > 1 ? 'one of several equal routes (ECMP)' : undefined),
  )
  for (const route of found.passedOver)
    lines.push(routeLine(route, '–', winner ? whyItLost(route, winner) : route.inactive))
  if (lines.length === 0) return `${head}\n\nno route\n`
  return `${head}\n\n${layOut(lines).join('\n')}\n`
}

function routeLine(route: Route, sign: string, remark: string | undefined): Line {
  const listed =
    route.listing?.nextHopType === undefined ? '' : ` [${route.listing.source ?? ''} ${route.listing.nextHopType}]`
  const text = `${nextHopWords(route)} (${route.origin})${listed}${remark === undefined ? '' : `: ${remark}`}`
  return { lead: `  ${sign} ${formatPrefix(route.prefix)}`, text, source: route.source }
}

function whyItLost(route: Route, winner: Route): string {
  if (route.inactive !== undefined) return route.inactive
  if (route.prefix.length < winner.prefix.length) return `lost: ${formatPrefix(winner.prefix)} is longer`
  if (route.distance !== winner.distance)
    return `lost: ${winner.origin} is preferred (distance ${winner.distance} before ${route.distance})`
  return `lost: metric ${route.metric} against ${winner.metric}`
}

function byPrefix(a: Route, b: Route): number {
  return compareIps(a.prefix.ip, b.prefix.ip) || a.prefix.length - b.prefix.length || a.distance - b.distance
}
