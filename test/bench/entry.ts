/** What the benchmarks call, bundled as the product is. */
export { connect } from '../../src/diagnose/index.ts'
export { resolve } from '../../src/dns/index.ts'
export { importBind, importRouteros } from '../../src/importers/index.ts'
export { importNetfilter } from '../../src/importers/netfilter/index.ts'
export { ip } from '../../src/net/index.ts'
export { loadTopology, QUESTION_DISK } from '../../src/topology/index.ts'
export { prepare, trace, traceReply } from '../../src/trace/index.ts'
