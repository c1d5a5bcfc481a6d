/** What a name resolves to from one device, every server asked, each query itself a trace. */
export { missing } from './not-asked.ts'
export type { Answer, Query, Resolution } from './resolution.ts'
export { resolve, resolveOver } from './resolve.ts'
export type { Transport } from './transport.ts'
