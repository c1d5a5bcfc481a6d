/**
 * The ports that names in rules stand for (IANA: Service Name and Transport Protocol Port Number Registry, and the aliases of
 * Debian's /etc/services, which iptables, nft and EdgeOS look names up in).
 */
export const SERVICE_PORTS: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  www: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  auth: 113,
  ntp: 123,
  'netbios-ns': 137,
  'netbios-dgm': 138,
  'netbios-ssn': 139,
  imap: 143,
  imap2: 143,
  snmp: 161,
  'snmp-trap': 162,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  isakmp: 500,
  syslog: 514,
  submission: 587,
  ipp: 631,
  ldaps: 636,
  rsync: 873,
  imaps: 993,
  pop3s: 995,
  openvpn: 1194,
  'ms-sql-s': 1433,
  nfs: 2049,
  mysql: 3306,
  'ms-wbt-server': 3389,
  'ipsec-nat-t': 4500,
  sip: 5060,
  mdns: 5353,
  postgresql: 5432,
  amqps: 5671,
  amqp: 5672,
  x11: 6000,
  'http-alt': 8080,
}

/** The port a name stands for, in any case; nothing for a name that is not in the table. */
export function portOfService(name: string): number | undefined {
  const key = name.trim().toLowerCase()
  return Object.hasOwn(SERVICE_PORTS, key) ? SERVICE_PORTS[key] : undefined
}
