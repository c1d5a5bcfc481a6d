import type { Action } from '../../../model/index.ts'
import { type Body, lastPart } from './body.ts'

/**
 * The gateway load balancer whose appliances see everything to and from the public address of a frontend or a network
 * interface first, by name; `undefined` = it is chained to none (Learn: Gateway Load Balancer).
 */
export function gatewayBalancerOf(configuration: Body): string | undefined {
  const id = configuration.reference('gatewayLoadBalancer')
  return id === undefined ? undefined : (id.split('/').at(-3) ?? lastPart(id))
}

/** What becomes of a packet that passes the appliances of a gateway load balancer: no export says what they let through. */
export function throughAppliances(balancer: string): Action {
  return { kind: 'opaque', text: `it passes the appliances of gateway load balancer ${balancer} first, which decide` }
}
