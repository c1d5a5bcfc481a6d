import type { Body } from '../estate/body.ts'
import { parentId } from '../estate/resource-id.ts'

/** An outbound rule of a workspace's managed network. */
export interface OutboundRule {
  readonly name: string
  readonly type: string
  readonly body: Body
}

/** Those inside the workspace, then those that are resources of their own. */
export function outboundRules(bodies: readonly Body[], workspace: Body, network: Body): OutboundRule[] {
  return [...rulesIn(network), ...rulesBeside(bodies, workspace)]
}

/** The rules by name, as the workspace holds them. */
function rulesIn(network: Body): OutboundRule[] {
  const rules = network.child('outboundRules')
  return (rules?.keys() ?? []).flatMap((name) => {
    const body = rules?.child(name)
    return body ? [{ name, type: body.text('type')?.toLowerCase() ?? '', body }] : []
  })
}

function rulesBeside(bodies: readonly Body[], workspace: Body): OutboundRule[] {
  const id = workspace.id.toLowerCase()
  const isOne = (one: Body) => /\/outboundrules\/[^/]+$/i.test(one.id) && parentId(one.id) === id
  return bodies.filter(isOne).map((body) => {
    // The resource's own type stands beside the rule's.
    const rule = body.child('properties') ?? body
    return { name: body.name, type: rule.text('type')?.toLowerCase() ?? '', body: rule }
  })
}
