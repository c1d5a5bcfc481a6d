import type { InterfaceAddress } from '../../model/index.ts'
import { isIp4, maskLength, parseIp, parsePrefix, prefixOf } from '../../net/index.ts'
import type { Complaints } from './network.ts'
import { textOf, type UciSection, type UciValue, wordsOf } from './section.ts'

/**
 * The addresses a section states: `ipaddr` with `netmask` or a length of its own, `ip6addr`, WireGuard's `addresses`.
 * Without a mask an address is a host's own (OpenWrt: netifd). Other texts are left out with a diagnostic.
 */
export function addressesOf(section: UciSection, complaints: Complaints): InterfaceAddress[] {
  const netmask = textOf(section, 'netmask')
  const addresses: InterfaceAddress[] = []
  for (const word of wordsOf(section, 'ipaddr', 'ip6addr', 'addresses')) {
    const address = interfaceAddress(word, netmask)
    if (address) addresses.push(address)
    else if (complaints.diagnostics.at(-1)?.source !== word.source) complaints.diagnostics.push(notAnAddress(word))
  }
  return addresses
}

function interfaceAddress(word: UciValue, netmask: string | undefined): InterfaceAddress | undefined {
  const [text = '', suffix] = word.text.split('/')
  const ip = parseIp(text)
  if (ip === undefined) return undefined
  if (suffix !== undefined) {
    const prefix = parsePrefix(word.text)
    return prefix && { ip, prefix, source: word.source }
  }
  if (!isIp4(ip)) return { ip, prefix: prefixOf(ip, 128), source: word.source }
  const length = netmask === undefined ? 32 : /^\d+$/.test(netmask) ? Number(netmask) : maskLength(netmask)
  return length === undefined ? undefined : { ip, prefix: prefixOf(ip, length), source: word.source }
}

function notAnAddress(word: UciValue) {
  const message = `"${word.text.slice(0, 60)}" is no address with a network mask; the interface is read without it.`
  const blank = isBlanked(word.source) ? ({ othersMissing: true } as const) : {}
  return { severity: 'warning', code: 'NT1310', message, source: word.source, ...blank } as const
}

/** Whether a person or a template left the value out of the line: `REDACTED`, `x.x.x.x`, `{{ lan.address }}`. */
function isBlanked(source: UciValue['source']): boolean {
  return source.kind !== 'implied' && /REDACTED|\bx\.x\.|\{\{.*\}\}|<[\w -]+>|\$\{\w+\}/i.test(source.text)
}
