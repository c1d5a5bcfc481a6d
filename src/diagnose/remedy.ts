import type { Network } from '../model/index.ts'
import type { Decision } from '../trace/index.ts'
import type { Missing } from './connection.ts'

/** A missing fact with what a person can add to the input so that it can be told. */
export function withRemedy(network: Network, fact: Decision): Missing {
  const add = serviceTag(network, fact.text) ?? exported(fact.text)
  return add === undefined ? fact : { ...fact, add }
}

/** A rule that names a service tag whose ranges are not known: without Microsoft's list, or not in it. */
function serviceTag(network: Network, text: string): string | undefined {
  const [, name] = /service tag ([\w.]+)/.exec(text) ?? []
  if (name === undefined || network.serviceTags?.tags.has(name.toLowerCase())) return undefined
  return network.serviceTags
    ? `a newer list of service tags, under azure: service-tags: in the topology; this one has no ${name}`
    : "Microsoft's list of service tags, under azure: service-tags: in the topology"
}

function exported(text: string): string | undefined {
  return /\bnot in the (export|configuration)\b/.test(text)
    ? 'an export that holds it, beside the others in the topology'
    : undefined
}
