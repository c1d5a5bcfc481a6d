/** BIND 9: named.conf and its zone files. */
export { importBind } from './import.ts'
