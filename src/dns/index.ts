/** What a name resolves to from one device, every server asked, each query itself a trace. */
export type { Answer, AnswerKind, Consideration, Query, Question, Resolution } from './resolution.ts'
