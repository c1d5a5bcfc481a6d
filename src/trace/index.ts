/** What happens to one packet, step by step: the tracer and the words for what it saw. */
export type { Session } from './session.ts'
export type { Decision, Disposition, Hop, Step, Trace, Verdict, Visit } from './trace.ts'
