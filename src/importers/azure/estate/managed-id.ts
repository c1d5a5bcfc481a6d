/** Whether an id is one of those made for managed networks. */
export function isManagedId(id: string): boolean {
  return /\/managed-network-of-/i.test(id)
}
