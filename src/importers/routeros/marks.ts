/** Numbers for the names of marks: RouterOS marks are words, the model's are bits. */
export interface Marks {
  /** `no-mark` is 0. `undefined` when a router has more names than there are numbers. */
  packet(name: string): MarkBits | undefined
  connection(name: string): MarkBits | undefined
  routing(name: string): MarkBits | undefined
}

/** Bits under a mask. */
export interface MarkBits {
  readonly value: number
  readonly mask: number
}

const PACKET_BITS = 16
const ROUTING_BITS = 14

/**
 * Numbers handed out in order of first use. Packet and routing marks share a packet's mark: the low 16 bits are the
 * packet mark, the 14 above it the routing mark, which RouterOS matches with `routing-mark=`.
 */
export function newMarks(): Marks {
  const numbered = (bits: number, shift: number) => {
    const numbers = new Map<string, number>([['no-mark', 0]])
    const mask = (2 ** bits - 1) << shift
    return (name: string): MarkBits | undefined => {
      const number = numbers.get(name) ?? numbers.size
      if (number >= 2 ** bits) return undefined
      numbers.set(name, number)
      return { value: number << shift, mask }
    }
  }
  return {
    packet: numbered(PACKET_BITS, 0),
    connection: numbered(PACKET_BITS, 0),
    routing: numbered(ROUTING_BITS, PACKET_BITS),
  }
}
