import type { Network, RecordType } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import { newWalk } from './ask.ts'
import { normalName } from './domain-name.ts'
import type { Resolution } from './resolution.ts'
import { askStub } from './stub.ts'
import { tracedTransport } from './traced-transport.ts'
import type { Transport } from './transport.ts'

/** A name asked from a device. */
export interface NameQuestion {
  /** A key of `Network.devices`. */
  readonly device: string
  /** Any case; a final dot means that no search suffix is tried; an address stands for itself. */
  readonly name: string
  /** Absent = A. */
  readonly type?: RecordType
}

/** What a name resolves to from a device, every query a packet that is traced there and back. Throws as `resolveOver`. */
export function resolve(prepared: PreparedNetwork, question: NameQuestion): Resolution {
  return resolveOver(prepared.network, tracedTransport(prepared), question)
}

/**
 * What a name resolves to from a device, its packets carried by a transport. Throws on a device the network does not
 * hold.
 */
export function resolveOver(network: Network, transport: Transport, question: NameQuestion): Resolution {
  const device = network.devices.get(question.device)
  if (!device) throw new TypeError(`no device ${question.device}`)
  const type = question.type ?? 'A'
  const { answer, queries, askedBecause } = askStub(newWalk(network, transport), device, question.name, type)
  const addresses: Ip[] = []
  if (answer.kind === 'answer') {
    for (const record of answer.records) if (typeof record.value !== 'string') addresses.push(record.value)
  }
  return {
    device: device.name,
    question: { name: normalName(question.name), type },
    answer,
    addresses,
    askedBecause,
    queries,
  }
}
