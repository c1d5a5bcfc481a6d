import { type Cause, type Connection, nameSymptom, type Symptom } from '../diagnose/index.ts'
import type { Answer, Query, Resolution } from '../dns/index.ts'
import { type Flow, formatIp, formatProtocol, hasPorts } from '../net/index.ts'
import { inert } from '../text/index.ts'
import type { Decision, Hop, Step, Trace } from '../trace/index.ts'
import { stepWords } from './hop-words.ts'
import { sourceJson } from './source-json.ts'

/** The version of the answer's shape; it changes when a reader of the old shape would break. */
const SCHEMA_VERSION = '1'

type Json = Record<string, unknown>

/** An answer as one JSON value; `answer.schema.json` describes it. */
export function connectionJson(connection: Connection): Json {
  const { question, sender, cause, resolution } = connection
  return {
    schemaVersion: SCHEMA_VERSION,
    question: {
      kind: 'connect',
      from: inert(question.from),
      to: inert(question.to),
      protocol: formatProtocol(question.protocol),
      ...(hasPorts(question.protocol) && { port: question.port }),
      sender: {
        device: inert(sender.device),
        ...(sender.address !== undefined && { address: formatIp(sender.address) }),
      },
    },
    works: connection.works,
    disposition: connection.outcome,
    decidedBy: decisionJson(connection.decidedBy),
    cause: cause ? causeJson(cause) : null,
    symptom: connection.symptom ? symptomJson(connection.symptom) : null,
    resolution: resolution ? resolutionBody(resolution) : null,
    forward: connection.paths.map((path) => traceJson(path.forward)),
    reply: connection.paths.flatMap((path) => path.replies.map(traceJson)),
    acknowledgement: connection.paths.flatMap((path) => path.acknowledgements.map(traceJson)),
    data: connection.paths.flatMap((path) => path.data.map(traceJson)),
    unknowns: connection.unknowns.map((one) => ({
      ...decisionJson(one),
      ...(one.add !== undefined && { add: inert(one.add) }),
    })),
    notes: connection.notes.map(inert),
  }
}

/** Several resolutions as one JSON value: each in the same schema, in the order asked. */
export function resolutionsJson(answers: readonly { resolution: Resolution; causes: readonly Cause[] }[]): Json {
  return { schemaVersion: SCHEMA_VERSION, answers: answers.map((one) => resolutionJson(one.resolution, one.causes)) }
}

/** A resolution alone as one JSON value, in the same schema. */
export function resolutionJson(resolution: Resolution, missing: readonly Cause[]): Json {
  const first = missing[0]
  const found = resolution.addresses.length > 0
  const symptom = found ? undefined : nameSymptom(resolution)
  const decided = { text: inert(resolution.answer.because), source: sourceJson(resolution.answer.source) }
  return {
    schemaVersion: SCHEMA_VERSION,
    question: {
      kind: 'dns',
      from: inert(resolution.device),
      name: inert(resolution.question.name),
      type: resolution.question.type,
    },
    works: found ? 'yes' : resolution.answer.kind === 'unknown' ? 'unknown' : 'no',
    disposition: found ? 'accepted' : resolution.answer.kind === 'unknown' ? 'unknown' : 'name-not-resolved',
    decidedBy: decided,
    cause: first ? causeJson(first) : null,
    symptom: symptom ? symptomJson(symptom) : null,
    resolution: resolutionBody(resolution),
    forward: [],
    reply: [],
    acknowledgement: [],
    data: [],
    unknowns: resolution.answer.kind === 'unknown' && !found ? [decided] : [],
    notes: [],
  }
}

function causeJson(cause: Cause): Json {
  return { code: cause.code, message: inert(cause.message), source: sourceJson(cause.source) }
}

function symptomJson({ kind, words, errno, status }: Symptom): Json {
  return { kind, words: inert(words), ...(errno !== undefined && { errno }), ...(status !== undefined && { status }) }
}

function decisionJson(decision: Decision): Json {
  return { text: inert(decision.text), source: sourceJson(decision.source) }
}

function resolutionBody(resolution: Resolution): Json {
  return {
    device: inert(resolution.device),
    name: inert(resolution.question.name),
    type: resolution.question.type,
    addresses: resolution.addresses.map(formatIp),
    askedBecause: inert(resolution.askedBecause),
    answer: answerJson(resolution.answer),
    queries: resolution.queries.map(queryJson),
  }
}

function queryJson(query: Query): Json {
  return {
    by: inert(query.by),
    name: inert(query.question.name),
    type: query.question.type,
    server: query.server === undefined ? null : formatIp(query.server),
    label: inert(query.label),
    answeredBy: query.answeredBy === undefined ? null : inert(query.answeredBy),
    considered: query.considered.map((one) => ({
      text: inert(one.text),
      taken: one.taken,
      source: sourceJson(one.source),
    })),
    transport: query.transport.map(traceJson),
    asked: query.asked.map(queryJson),
    answer: answerJson(query.answer),
  }
}

function answerJson(answer: Answer): Json {
  return {
    kind: answer.kind,
    because: inert(answer.because),
    source: sourceJson(answer.source),
    records: answer.records.map((record) => ({
      name: inert(record.name),
      type: record.type,
      value: typeof record.value === 'string' ? inert(record.value) : formatIp(record.value),
      source: sourceJson(record.source),
      ...(record.standsFor && { standsFor: inert(record.standsFor.because) }),
    })),
  }
}

function traceJson(trace: Trace): Json {
  return {
    from: inert(trace.from),
    flow: flowJson(trace.flow),
    disposition: trace.disposition,
    decidedBy: trace.decision ? decisionJson(trace.decision) : null,
    arrivesAt: trace.arrival ? inert(trace.arrival.device) : null,
    hops: trace.hops.map(hopJson),
  }
}

function hopJson(hop: Hop): Json {
  return { device: inert(hop.device), flow: flowJson(hop.flow), steps: hop.steps.map(stepJson) }
}

function stepJson(step: Step): Json {
  const { text, source } = stepWords(step)
  const verdict =
    step.kind === 'filter' ? { hook: step.hook, ruleSet: inert(step.ruleSet.label), verdict: step.verdict } : {}
  const changed =
    step.kind === 'translate' ? { hook: step.hook, before: flowJson(step.before), after: flowJson(step.after) } : {}
  return { kind: step.kind, ...verdict, ...changed, text: inert(text), source: source ? sourceJson(source) : null }
}

function flowJson(flow: Flow): Json {
  return {
    protocol: formatProtocol(flow.protocol),
    source: formatIp(flow.source),
    destination: formatIp(flow.destination),
    ...(hasPorts(flow.protocol) && { sourcePort: flow.sourcePort, destinationPort: flow.destinationPort }),
    ...(flow.serverName !== undefined && { serverName: inert(flow.serverName) }),
  }
}
