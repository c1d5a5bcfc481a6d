/** Where on a packet's way through a device something happens (Linux netfilter's five hooks). */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/**
 * One thing a device does to a packet at a hook.
 *
 * `track`: connection tracking looks the packet up (before it, a packet has no entry and is invalid; without it, untracked). `translate`: at
 * prerouting and output it rewrites destinations, at postrouting and input sources: for the first packet of a
 * connection by its rule set, for later ones by the session. A device that translates has a `translate` stage at
 * both prerouting and postrouting. `gate`: a filter whose refusal is the service's own (the packet did arrive).
 */
export type Stage =
  | {
      readonly kind: 'filter' | 'translate' | 'mark' | 'gate'
      /** A key of `Device.ruleSets`. */
      readonly ruleSet: string
      /** Only for packets that came in (prerouting, input, forward) or go out (output, postrouting) here; absent = all. */
      readonly interfaces?: readonly string[]
      /** A filter at prerouting or postrouting that also sees what the device sends to itself (Linux: over `lo`); absent = only what is on a wire. */
      readonly seesLoopback?: true
    }
  | { readonly kind: 'track' }

/** What a device does at each hook, in order. */
export type Pipeline = Readonly<Record<Hook, readonly Stage[]>>

/** The pipeline of a device that looks at nothing. */
export const NO_STAGES: Pipeline = { prerouting: [], input: [], forward: [], output: [], postrouting: [] }
