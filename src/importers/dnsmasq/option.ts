import type { Source } from '../../model/index.ts'

/** One option of dnsmasq in its long form: `server`, `/example.com/10.0.0.53`. A switch has the empty value. */
export interface DnsmasqOption {
  readonly name: string
  readonly value: string
  readonly source: Source
}
