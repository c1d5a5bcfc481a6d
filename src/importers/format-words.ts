/** Everything nettrace reads, by the name a topology gives it; `azure` includes templates and Terraform. */
export type Format =
  | 'routeros'
  | 'uci'
  | 'unifi'
  | 'edgeos'
  | 'netfilter'
  | 'bind'
  | 'dnsmasq'
  | 'unbound'
  | 'azure'
  | 'service-tags'

/** A format in words. */
export const FORMAT_WORDS: Readonly<Record<Format, string>> = {
  routeros: 'RouterOS export',
  uci: 'OpenWrt UCI file',
  unifi: 'UniFi controller JSON',
  edgeos: 'EdgeOS configuration',
  netfilter: 'Linux firewall, addresses or routes',
  bind: 'BIND configuration or zone',
  dnsmasq: 'dnsmasq configuration',
  unbound: 'unbound configuration',
  azure: 'Azure resources',
  'service-tags': 'Azure service tags',
}
