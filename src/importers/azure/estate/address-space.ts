import {
  type AddressSet,
  addressesOfPrefixes,
  addressSet,
  complementOf,
  PRIVATE_ADDRESSES,
  type Prefix,
  prefix,
  unionOf,
} from '../../../net/index.ts'

/** The address of Azure's DNS, DHCP, health probes and agent in every VNet (Learn: What is IP address 168.63.129.16?). */
export const PLATFORM_ADDRESS: Prefix = prefix('168.63.129.16/32')

/** The address of the instance metadata service. */
export const METADATA_ADDRESS: Prefix = prefix('169.254.169.254/32')

/** What Azure drops where no route says otherwise (Learn: Virtual network traffic routing, "System routes"). */
export const RESERVED: readonly Prefix[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(
  prefix,
)

/** The platform addresses an NSG's outbound rules leave alone. */
export const PLATFORM_ADDRESSES: AddressSet = addressesOfPrefixes([PLATFORM_ADDRESS, METADATA_ADDRESS])

/** Addresses the internet carries: no private, loopback, link-local or multicast ones; in IPv6 2000::/3. */
export const PUBLIC_SPACE: AddressSet = complementOf(
  unionOf(
    PRIVATE_ADDRESSES,
    addressSet('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/3', '4000::/2', '8000::/1'),
  ),
)
