/** What happens to one packet, step by step: the tracer and the words for what it saw. */
export { decisionOf } from './describe-visit.ts'
export type { PreparedNetwork } from './prepared.ts'
export { prepare } from './prepared-network.ts'
export { traceRejection } from './rejection.ts'
export type { Found } from './route-index.ts'
export type { Decision, Disposition, Hop, Step, Trace } from './trace.ts'
export {
  judge,
  lookupRoute,
  sourceAddress,
  trace,
  traceAcknowledgement,
  traceReply,
  traceServerData,
} from './tracer.ts'
