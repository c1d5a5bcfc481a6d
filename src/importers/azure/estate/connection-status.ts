import type { Source } from '../../../model/index.ts'
import type { Body } from './body.ts'

/** Why something carries nothing, and the line that says so. */
export interface OutOfOrder {
  readonly because: string
  readonly source: Source
}

/** List calls print no status, or `Unknown`; only a status that says so is down (REST: VirtualNetworkGatewayConnectionStatus, VpnConnectionStatus). */
export function connectionStatus(body: Body): 'up' | 'down' | 'unsaid' {
  const text = body.text('connectionStatus')?.toLowerCase()
  if (text === 'connected') return 'up'
  return text === 'notconnected' || text === 'connecting' ? 'down' : 'unsaid'
}

/** Why a connection that says of itself that it is down carries nothing. */
export function statusProblem(body: Body): OutOfOrder | undefined {
  if (connectionStatus(body) !== 'down') return undefined
  const because = `connection ${body.name} is ${body.text('connectionStatus')}`
  return { because, source: body.source('connectionStatus') }
}
