/** OpenWrt and LEDE: their UCI files lowered to a router. */
export { importUci } from './import.ts'
