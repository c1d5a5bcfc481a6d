import { DNSMASQ, dnsmasqAtThePlant, INBOUND, LAB, NAMED, pendingBlobEndpoint, removeRule } from './fault-patches.ts'
import { AZURE, azure, PLANT, type Resource, remove, replaced } from './faulty-estate.ts'
import { type Broken, type SingleFault, TO_INGEST, TO_ML } from './single-fault.ts'

/** Nobody on the plant hears of any name below a forwarded suffix, a public one (F01) included. */
function unreachableResolver(server: string, file: string): Broken {
  return {
    flows: `F01 ${TO_INGEST} ${TO_ML}`,
    works: 'no',
    outcome: 'name-not-resolved',
    cause: 'dns-server-unreachable',
    names: [server, '168.63.129.16 answers only inside a VNet'],
    at: [file, '168.63.129.16'],
  }
}

/** Azure counts a zone's links in its body. */
function unlinkNotebooks(all: Resource[]): void {
  remove(all, (one) => one.id.includes('notebooks.azure.net/virtualNetworkLinks/'))
  for (const one of all)
    if (one.id.endsWith('/privatelink.notebooks.azure.net')) one.properties.numberOfVirtualNetworkLinks = 0
}

/** Single changes after which a name does not lead where it should. */
export const NAME_FAULTS: readonly SingleFault[] = [
  {
    id: 'X01',
    change: 'the zone of the notebooks is not linked to the hub',
    patches: [azure(unlinkNotebooks)],
    breaks: [
      {
        flows: 'F29',
        works: 'no',
        outcome: 'wrong-address',
        cause: 'dns-zone-not-linked',
        names: ['private DNS zone privatelink.notebooks.azure.net', '10.110.0.5', 'not linked', 'vnet-hub'],
        at: [AZURE, '{'],
      },
    ],
  },
  {
    id: 'X03',
    change: "the plant's forwarders name Azure's own address instead of the inbound endpoint",
    patches: [replaced(NAMED, `forwarders { ${INBOUND}; }`, 'forwarders { 168.63.129.16; }')],
    breaks: [unreachableResolver('BIND on dns-plant', NAMED)],
  },
  {
    id: 'X03 dnsmasq',
    change: 'the same where dnsmasq is the name server of the plant',
    patches: dnsmasqAtThePlant((line) => line.replace(INBOUND, '168.63.129.16')),
    breaks: [unreachableResolver('dnsmasq on dns-plant', DNSMASQ)],
  },
  {
    // BIND asks for the target of a CNAME again, at the best matching forwarder (measured with 9.18).
    id: 'X04',
    change: 'the plant forwards privatelink.api.azureml.ms alone, on BIND',
    patches: [replaced(NAMED, '"api.azureml.ms"', '"privatelink.api.azureml.ms"')],
    breaks: [],
  },
  {
    id: 'X00 dnsmasq',
    change: 'nothing but dnsmasq in the place of BIND',
    patches: dnsmasqAtThePlant((line) => line),
    breaks: [],
  },
  {
    // dnsmasq takes the answer of its upstream whole (measured with 2.90).
    id: 'X04 dnsmasq',
    change: 'the plant forwards privatelink.api.azureml.ms alone, on dnsmasq',
    patches: dnsmasqAtThePlant((line) => line.replace('/api.azureml.ms/', '/privatelink.api.azureml.ms/')),
    breaks: [
      {
        flows: 'F28',
        works: 'no',
        outcome: 'wrong-address',
        cause: 'dns-forwarder-missing',
        names: ['forward api.azureml.ms instead', 'privatelink.api.azureml.ms', '10.110.0.4'],
        at: [DNSMASQ, 'server=/privatelink.api.azureml.ms/'],
      },
    ],
  },
  {
    id: 'X11',
    change: 'the private endpoint of the blobs waits for approval, and its record is missing',
    patches: [azure(pendingBlobEndpoint)],
    breaks: [
      {
        flows: 'F23 F31 F36 F52b',
        works: 'no',
        outcome: 'refused-by-service',
        cause: 'private-endpoint-not-approved',
        names: ['pe-st-blob', 'Pending'],
        at: [AZURE, '"status": "Pending"'],
      },
    ],
  },
  {
    // The name's CNAME ends below api.azureml.ms, which is forwarded, and BIND asks again.
    id: 'X16b',
    change: 'the plant does not forward the names of compute instances, on BIND',
    patches: [replaced(NAMED, /^zone "instances\..*$/gm, '')],
    breaks: [],
  },
  {
    id: 'X16b dnsmasq',
    change: 'the same on dnsmasq',
    patches: dnsmasqAtThePlant((line) => (line.includes('/instances.') ? '' : line)),
    breaks: [
      {
        flows: 'F30 F30b F30c F30d',
        works: 'no',
        outcome: 'wrong-address',
        cause: 'dns-forwarder-missing',
        names: ['dnsmasq on dns-plant', 'no forwarder for instances.azureml.ms', '10.110.0.4'],
        at: [DNSMASQ, 'server=192.0.2.53'],
      },
    ],
  },
  {
    id: 'X19',
    change: "a partner's storage account has a private endpoint elsewhere",
    patches: [
      replaced(
        PLANT,
        /^public:$/gm,
        'public:\n  strpartner.blob.core.windows.net: { cname: strpartner.privatelink.blob.core.windows.net }',
      ),
      {
        file: PLANT,
        change: (text) =>
          `${text}  - { id: F63, from: build, to: 'strpartner.blob.core.windows.net:443', works: yes }\n`,
      },
    ],
    breaks: [
      {
        flows: 'F63',
        works: 'no',
        outcome: 'name-not-resolved',
        cause: 'dns-nx-domain-shadow',
        names: [
          'privatelink.blob.core.windows.net',
          "hides somebody else's strpartner",
          'link-vnet-hub',
          'NxDomainRedirect',
        ],
        at: [AZURE, '{'],
      },
    ],
  },
  {
    id: 'X20',
    change: 'a browser of the engineers asks DNS over HTTPS, the other programs there do not',
    patches: [
      replaced(
        PLANT,
        /^( +)eng-ws: .*$/gm,
        '$&\n$1eng-browser: { address: 10.20.20.51/24, on: usg:VLAN20, dns: { https: https://192.0.2.53/dns-query } }',
      ),
      replaced(PLANT, /(id: (?:F25|F28|F29|F30|F31), from: )eng-ws,/g, '$1eng-browser,'),
    ],
    breaks: [
      {
        flows: 'F25 F28 F29 F30 F31',
        works: 'no',
        outcome: 'wrong-address',
        cause: 'dns-over-https',
        names: ['DNS over HTTPS of eng-browser, 192.0.2.53', 'private DNS zone privatelink.', 'switch it off'],
      },
    ],
  },
  {
    id: 'X21',
    change: 'the dnsmasq of the lab protects against DNS rebinding',
    patches: [
      replaced(`${LAB}/dhcp`, "rebind_protection '0'", "rebind_protection '1'"),
      // dnsmasq discards addresses that are for documentation alone as well, so this name needs a real one.
      replaced(PLANT, 'conda.anaconda.org: 192.0.2.20', 'conda.anaconda.org: 104.16.191.158'),
    ],
    breaks: [
      {
        flows: 'F06 F06b F62b',
        works: 'no',
        outcome: 'name-not-resolved',
        cause: 'dns-rebind-stripped',
        names: ['rebind protection of dnsmasq on lede-lab', 'crmlvision'],
        at: [`${LAB}/dhcp`, "option rebind_protection '1'"],
      },
    ],
  },
  {
    id: 'DNS transport',
    change: "the resolver's subnet lets no DNS over UDP in",
    patches: [azure((all) => removeRule(all, 'nsg-dns-in', 100))],
    breaks: [
      {
        flows: `F01 ${TO_INGEST} ${TO_ML}`,
        works: 'no',
        outcome: 'name-not-resolved',
        cause: 'dns-server-unreachable',
        names: ['BIND on dns-plant', '10.100.1.4: no answer', 'NSG nsg-dns-in inbound rule 4000'],
      },
      {
        flows: 'F60b',
        works: 'no',
        outcome: 'denied',
        cause: 'denied',
        names: ['NSG nsg-dns-in inbound rule 4000', 'rule 101 AllowDnsTcp', 'but for the protocol (udp)'],
      },
    ],
  },
]
