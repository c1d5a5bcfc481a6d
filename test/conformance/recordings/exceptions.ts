/**
 * Recorded answers that cannot or need not be reproduced, each with its reason. The key is the case's folder, the kind of
 * the query and what it was about, as the test is called. A comparison that holds after all fails here.
 */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'doc-route-server-bgp-default-route effectiveRoutes hub-vnet-vm-vmLinux-0VMNic':
    'the write-up does not say why this VM has none of the route server’s prefixes; no body of it switches them off',
}

/** Kinds of recorded queries that hold nothing a configuration decides, each with the reason. Every other kind is compared. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  ruleFact: 'a sentence of a write-up, not an answer of a tool; held by the tests of the vendor’s pages',
}
