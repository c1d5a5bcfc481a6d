/** A topology file to a network: reads files, calls the importers, places hosts, joins links. */
export type { Topology } from './build-topology.ts'
export type { FileReader, ReadOutcome } from './file-reader.ts'
export { DISK } from './file-reader.ts'
export { loadTopology } from './load-topology.ts'
export type { Leg } from './network-graph.ts'
export { componentsOf, pathsBetween, segmentsOf } from './network-graph.ts'
export { QUESTION_DISK } from './question-disk.ts'
