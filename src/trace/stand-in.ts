import type { StandIn } from '../model/index.ts'
import { type AddressSet, complementOf, type Flow, type Ip, intersectionOf, isEmptyAddressSet } from '../net/index.ts'

/**
 * Whether a set of addresses holds some of what an address may turn out to be and not all of it. The stand-in itself is
 * not among those: who names it means the one it stands for, since no line of an export does.
 */
export function isSplit(set: AddressSet, { among }: StandIn): boolean {
  return !isEmptyAddressSet(intersectionOf(set, among)) && !isEmptyAddressSet(intersectionOf(among, complementOf(set)))
}

/** An address that stands for one that is not known, and the device or name that has that one. */
export interface OwnedStandIn extends StandIn {
  readonly owner: string
}

/** What of a packet's addresses is not known, in words. */
export function standInWords(standIns: ReadonlyMap<Ip, OwnedStandIn>, { source, destination }: Flow): string[] {
  return [source, destination].flatMap((address) => {
    const standIn = standIns.get(address)
    return standIn
      ? [`it singles out addresses, and which one ${standIn.owner} has is not known: ${standIn.because}`]
      : []
  })
}
