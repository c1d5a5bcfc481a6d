/** resolv.conf: whom the resolver library of a Unix host asks. */
export { importResolvConf, type ResolvConf, readResolvOptions } from './read.ts'
