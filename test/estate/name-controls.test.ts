import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/dns/index.ts'
import { formatIp } from '../../src/net/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { azure, loadWith, type Patch, propertiesOf, the } from './faulty-estate.ts'
import { NAME_FAULTS } from './name-faults.ts'

const WORKSPACE = '11111111-2222-3333-4444-555555555555'
const NAMES: Readonly<Record<string, string>> = {
  api: `${WORKSPACE}.workspace.westeurope.api.azureml.ms`,
  notebooks: `ml-mlw-vision-westeurope-${WORKSPACE}.westeurope.notebooks.azure.net`,
  instance: 'ci-ds1.westeurope.instances.azureml.ms',
  'other instance': 'ci-ds1.westeurope.instances.ml.azure.ms',
  scoring: 'moe-defect.westeurope.inference.ml.azure.com',
  blob: 'stmlvision.blob.core.windows.net',
  registry: 'crmlvision.azurecr.io',
  partner: 'strpartner.blob.core.windows.net',
  images: 'mcr.microsoft.com',
  studio: 'ml.azure.com',
  conda: 'conda.anaconda.org',
}

/**
 * What a name becomes under each fault: the broken one, then neighbours that still work and so tell which part is broken.
 * An address, or the kind of answer where there is none.
 */
const TABLE = `
sound        | eng-ws | notebooks      | 10.110.0.5
sound        | eng-ws | blob           | 10.110.0.10
sound        | train  | blob           | 10.110.0.10
X01          | eng-ws | notebooks      | 13.69.64.201
X01          | train  | notebooks      | 13.69.64.201
X01          | eng-ws | api            | 10.110.0.4
X01          | eng-ws | blob           | 10.110.0.10
X03          | eng-ws | blob           | servfail
X03          | eng-ws | api            | servfail
X03          | jetson | registry       | servfail
X03          | train  | blob           | 10.110.0.10
X03          | build  | api            | 10.110.0.4
X03          | eng-ws | images         | 150.171.69.10
X03          | eng-ws | studio         | 13.107.246.40
X03 dnsmasq  | eng-ws | blob           | timeout
X03 dnsmasq  | train  | blob           | 10.110.0.10
X04          | eng-ws | api            | 10.110.0.4
X04 dnsmasq  | eng-ws | api            | 13.69.64.200
X04 dnsmasq  | eng-ws | notebooks      | 10.110.0.5
X04 dnsmasq  | eng-ws | instance       | 10.110.0.4
X04 dnsmasq  | eng-ws | scoring        | 10.110.0.6
X04 dnsmasq  | train  | api            | 10.110.0.4
X16b         | eng-ws | instance       | 10.110.0.4
X16b dnsmasq | eng-ws | instance       | 13.69.64.200
X16b dnsmasq | eng-ws | other instance | 13.69.64.200
X16b dnsmasq | eng-ws | api            | 10.110.0.4
X16b dnsmasq | eng-ws | notebooks      | 10.110.0.5
X16b dnsmasq | train  | instance       | 10.110.0.4
X19          | build  | partner        | nxdomain
X19          | build  | blob           | 10.110.0.10
X19          | home-laptop | partner   | 20.60.130.20
X19 fallback | build  | partner        | 20.60.130.20
X19 fallback | build  | blob           | 10.110.0.10
X21          | jetson | registry       | nodata
X21          | jetson | conda          | 104.16.191.158
X21          | eng-ws | registry       | 10.110.0.31
`

const rows = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((one) => one.trim()) as [string, string, string, string])

/** The zone's link falls back to public DNS for names the zone lacks. */
const FALLBACK: Patch = azure((all) => {
  const links = all.filter((one) => one.id.includes('privatelink.blob.core.windows.net/virtualNetworkLinks/'))
  propertiesOf(links, 'virtualNetworkLinks', the(links[0]).name).resolutionPolicy = 'NxDomainRedirect'
})

function patchesOf(fault: string): readonly Patch[] {
  if (fault === 'sound') return []
  const [id = ''] = fault.split(' fallback')
  const { patches } = the(NAME_FAULTS.find((one) => one.id === id))
  return id === fault ? patches : [...patches, FALLBACK]
}

describe('a name of the vision plant with one thing changed', () => {
  const faults = [...new Set(rows.map(([fault]) => fault))]
  test.for(faults)('%s: the broken name and its neighbours', (fault) => {
    const prepared = prepare(loadWith(patchesOf(fault)).network)
    const own = rows.filter(([one]) => one === fault)
    const found = own.map(([, sender, name]) => {
      const { addresses, answer } = resolve(prepared, { device: sender, name: NAMES[name] ?? name })
      return [fault, sender, name, addresses.map(formatIp).join() || answer.kind]
    })
    expect(found).toEqual(own)
  })
})
