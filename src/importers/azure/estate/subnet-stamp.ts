import type { Match } from '../../../model/index.ts'

/** The stamp of a packet that took a service endpoint of a subnet, by the subnet's lower-case id. */
export function subnetStamp(id: string): string {
  return `subnet:${id}`
}

/** The stamp of a packet that may have taken one: the addresses of the endpoint's service are not known. */
export function perhapsSubnetStamp(id: string): string {
  return `perhaps subnet:${id}`
}

/** Matches what comes from a subnet by a service endpoint; undecided where the addresses of its services are not known. */
export function fromSubnet(id: string, words: string): Match {
  const text = `whether the service endpoint of ${words} takes this address: its service tag is not known`
  const perhaps: Match = {
    kind: 'all',
    of: [
      { kind: 'stamp', in: [perhapsSubnetStamp(id)] },
      { kind: 'opaque', text, othersMissing: true },
    ],
  }
  return { kind: 'some', of: [{ kind: 'stamp', in: [subnetStamp(id)] }, perhaps] }
}
