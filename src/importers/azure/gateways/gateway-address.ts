import { type Ip, parseIp } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'

/** The private addresses of a gateway's instances: the gateway's own say, else what BGP speaks from; empty when neither is there. */
export function gatewayAddresses(body: Body): Ip[] {
  const own = body.children('ipConfigurations').map((one) => one.text('privateIPAddress'))
  const bgp = body.child('bgpSettings')
  const listed = bgp?.children('bgpPeeringAddresses').flatMap((one) => one.texts('defaultBgpIpAddresses')) ?? []
  for (const texts of [own, listed, speakersOf(body)]) {
    const ips = texts.map((text) => (text === undefined ? undefined : parseIp(text.trim())))
    const known = ips.filter((one) => one !== undefined)
    if (known.length > 0) return known
  }
  return []
}

/** The addresses a gateway or a site speaks BGP from, as texts. */
function speakersOf(body: Body): string[] {
  return body.child('bgpSettings')?.text('bgpPeeringAddress')?.split(',') ?? []
}

/** The addresses a gateway or a site speaks BGP from. */
export function bgpSpeakers(body: Body): Ip[] {
  return speakersOf(body)
    .map((text) => parseIp(text.trim()))
    .filter((one) => one !== undefined)
}

/** Every address a gateway's instances speak BGP from, those of its tunnels (169.254.x.x) with the others. */
export function gatewaySpeakers(body: Body): Ip[] {
  const instances = body.child('bgpSettings')?.children('bgpPeeringAddresses') ?? []
  const custom = instances.flatMap((one) => one.texts('customBgpIpAddresses')).map((text) => parseIp(text.trim()))
  return [...new Set([...gatewayAddresses(body), ...custom.filter((one) => one !== undefined)])]
}
