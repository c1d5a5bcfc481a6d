import {
  importAzure,
  importBind,
  importDnsmasq,
  importEdgeos,
  importNetfilter,
  importResolvConf,
  importRouteros,
  importUci,
  importUnbound,
  importUnifi,
} from '../importers/index.ts'
import { buildTopology, type Topology } from './build-topology.ts'
import { DISK, type FileReader } from './file-reader.ts'
import type { Importers } from './importers.ts'
import { shownPath } from './shown-path.ts'

const IMPORTERS: Importers = {
  devices: {
    routeros: importRouteros,
    uci: importUci,
    unifi: importUnifi,
    edgeos: importEdgeos,
    netfilter: importNetfilter,
  },
  azure: importAzure,
  resolvConf: importResolvConf,
  nameServers: { bind: importBind, dnsmasq: importDnsmasq, unbound: importUnbound },
}

/**
 * Reads a topology and everything it names into one network. Never throws for bad input: what is wrong is in the
 * diagnostics, with file, line and column. Paths in messages are relative to the current directory when the
 * topology is below it, else as given.
 */
export function loadTopology(path: string, options: { readonly reader?: FileReader } = {}): Topology {
  return buildTopology(shownPath(path, process.cwd()), options.reader ?? DISK, IMPORTERS)
}
