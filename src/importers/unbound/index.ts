/** unbound: unbound.conf and what it includes. */
export { importUnbound } from './import.ts'
