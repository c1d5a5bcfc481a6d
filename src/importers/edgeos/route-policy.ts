import { type Prefix, parsePrefix, prefix } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { at, type EdgeNode, tagsAt, textAt } from './node.ts'

const EVERYTHING: readonly Prefix[] = [prefix('0.0.0.0/0'), prefix('::/0')]

/**
 * The networks that lists and route maps of `policy` may permit, by `prefix-list x` and `route-map x`: never less than
 * they do. What no rule permits is denied (Vyatta: Routing policies).
 */
export function readRoutePolicies(around: Configuration): ReadonlyMap<string, readonly Prefix[]> {
  const policies = new Map<string, readonly Prefix[]>()
  const policy = at(around.root, 'policy')
  for (const kind of ['prefix-list', 'prefix-list6']) {
    for (const list of tagsAt(policy, kind)) policies.set(`prefix-list ${list.name}`, permittedBy(list))
  }
  for (const map of tagsAt(policy, 'route-map')) policies.set(`route-map ${map.name}`, mapped(map, policies))
  return policies
}

function permits(rule: EdgeNode): boolean {
  return textAt(rule, 'action') !== 'deny'
}

function permittedBy(list: EdgeNode): Prefix[] {
  return tagsAt(list, 'rule').flatMap((rule) => {
    const network = parsePrefix(textAt(rule, 'prefix') ?? '')
    return permits(rule) && network ? [network] : []
  })
}

function mapped(map: EdgeNode, policies: ReadonlyMap<string, readonly Prefix[]>): readonly Prefix[] {
  return tagsAt(map, 'rule').flatMap((rule) => {
    const names = ['ip', 'ipv6'].flatMap((family) => textAt(rule, 'match', family, 'address', 'prefix-list') ?? [])
    if (!permits(rule)) return []
    return names.length === 0 ? EVERYTHING : names.flatMap((name) => policies.get(`prefix-list ${name}`) ?? EVERYTHING)
  })
}
