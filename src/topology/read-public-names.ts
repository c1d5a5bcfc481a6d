import { domainName } from './domain-name.ts'
import type { PublicName } from './plan.ts'
import { addressesOf, entriesOf, fault, membersOf, quoted, textOf } from './shape.ts'
import type { Member, Report, Written } from './written.ts'

/** Reads `public:`: names and what public DNS says of them. */
export function readPublicNames(value: Written | undefined, report: Report): PublicName[] {
  if (!value) return []
  const names: PublicName[] = []
  for (const [key, member] of entriesOf(value, 'public', report)) {
    const name = domainName(key)
    const read = isDomainName(name) ? readPublicName(name, member, report) : undefined
    if (read) names.push(read)
    else if (!isDomainName(name)) {
      fault(report, 'NT1110', `public: ${quoted(key)} is not a domain name, nor "*." and one`, member.source)
    }
  }
  return names
}

function readPublicName(name: string, member: Member, report: Report): PublicName | undefined {
  const what = `the public name ${name}`
  const { source, value } = member
  if (value.kind !== 'map') {
    const addresses = addressesOf(value, what, report)
    return addresses.length > 0 ? { name, addresses, source } : undefined
  }
  const members = membersOf(value, what, ['address', 'cname', 'serves'], report)
  const addresses = addressesOf(members.get('address'), what, report)
  const alias = textOf(members.get('cname'), `the cname of ${what}`, report)
  const serves = textOf(members.get('serves'), `"serves" of ${what}`, report)
  if (alias && addresses.length > 0) {
    const message = `${what} has both an address and a cname: keep one (RFC 1034, section 3.6.2)`
    fault(report, 'NT1103', message, alias.source)
    return undefined
  }
  if (!alias && addresses.length === 0) {
    const said = members.has('address') || members.has('cname')
    if (!said) fault(report, 'NT1103', `${what} has neither an address nor a cname`, source)
    return undefined
  }
  return {
    name,
    addresses,
    ...(alias && { cname: { value: domainName(alias.value), source: alias.source } }),
    ...(serves && { serves: serves.value }),
    source,
  }
}

function isDomainName(name: string): boolean {
  return name.length <= 253 && /^(\*\.)?([^\s.*]{1,63}\.)*[^\s.*]{1,63}$/.test(name)
}
