import { isIp4, type Prefix } from '../../../net/index.ts'

/** A prefix as a key of a map. */
export function prefixKey(prefix: Prefix): string {
  return `${isIp4(prefix.ip) ? '' : ':'}${prefix.ip}/${prefix.length}`
}
