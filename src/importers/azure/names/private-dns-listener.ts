import type { Listener, Source } from '../../../model/index.ts'
import { singlePort, TCP, UDP } from '../../../net/index.ts'

/** Where Azure-provided DNS answers in every VNet (Learn: What is IP address 168.63.129.16?). */
export const AZURE_DNS_ADDRESS = '168.63.129.16'

/** UDP and TCP port 53, where something answers DNS. */
export function dnsListeners(source: Source): Listener[] {
  return [UDP, TCP].map((protocol) => ({ protocol, ports: singlePort(53), label: 'DNS', source }))
}
