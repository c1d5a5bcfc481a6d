/** The addresses of a managed network; they are stand-ins, as nothing else reaches them. */
export const ADDRESSES = '100.96.0.0/24'
/** What runs there. */
export const COMPUTE = { range: '100.96.0.0/26', address: '100.96.0.4' }
/** Its firewall. */
export const FIREWALL = { range: '100.96.0.64/26', address: '100.96.0.68' }
/** Its private endpoints. */
export const ENDPOINTS = { range: '100.96.0.128/25', first: 132 }
