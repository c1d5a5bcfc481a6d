import fc from 'fast-check'
import { Address4, Address6 } from 'ip-address'
import { describe, expect, test } from 'vitest'
import {
  addressesOfPrefixes,
  addressSet,
  addressSetContains,
  complementOf,
  EVERY_ADDRESS,
  formatAddressSet,
  formatIp,
  formatPrefix,
  type Ip,
  intersectionOf,
  ip,
  isPrivate,
  isPublic,
  maskLength,
  parseIp,
  parsePrefix,
  prefix,
  prefixContains,
  prefixCovers,
  prefixLast,
  prefixOf,
  unionOf,
} from '../../src/net/index.ts'

const runs = { seed: 20260101, numRuns: 300 }
const ip4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value) => value as Ip)
const ip6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => value as Ip)
const anyPrefix = fc.oneof(
  fc.tuple(ip4, fc.integer({ min: 0, max: 32 })).map(([address, length]) => prefixOf(address, length)),
  fc.tuple(ip6, fc.integer({ min: 0, max: 128 })).map(([address, length]) => prefixOf(address, length)),
)

describe('an address', () => {
  test.for([
    ['10.0.0.1', true],
    ['255.255.255.255', true],
    ['0.0.0.0', true],
    ['010.0.0.1', false],
    ['10.1', false],
    ['1', false],
    ['256.0.0.1', false],
    ['10.0.0.1.', false],
    ['10.0.0.-1', false],
    ['', false],
    ['::1', true],
    ['fe80::1%eth0', false],
    ['2001:db8::/32', false],
    ['1:2:3:4:5:6:7:8:9', false],
  ] as const)('%s is an address: %s', ([text, valid]) => {
    expect(parseIp(text) !== undefined).toBe(valid)
  })

  test('is read as the ip-address package reads it, for any text of address characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.'), maxLength: 16 }), (text) => {
        const strict = Address4.isValid(text) && !text.includes('/') ? new Address4(text).bigInt() : undefined
        expect(parseIp(text)).toEqual(strict === undefined ? undefined : Number(strict))
      }),
      runs,
    )
  })

  test('comes back from its own text', () => {
    fc.assert(
      fc.property(fc.oneof(ip4, ip6), (address) => {
        expect(parseIp(formatIp(address))).toBe(address)
      }),
      runs,
    )
  })

  test('of IPv6 is written as RFC 5952 says', () => {
    expect(formatIp(ip('2001:0db8:0000:0000:0000:0000:0002:0001'))).toBe('2001:db8::2:1')
    expect(new Address6('2001:db8::2:1').bigInt()).toBe(ip('2001:db8::2:1'))
  })

  test.for([
    ['10.1.2.3', true, false],
    ['172.32.0.1', false, true],
    ['172.31.255.255', true, false],
    ['100.64.0.1', true, false],
    ['8.8.8.8', false, true],
    ['127.0.0.1', false, false],
    ['169.254.1.1', false, false],
    ['224.0.0.1', false, false],
    ['fd00::1', true, false],
    ['2606:4700::1', false, true],
    ['fe80::1', false, false],
  ] as const)('%s is private: %s, public: %s', ([text, privately, publicly]) => {
    expect([isPrivate(ip(text)), isPublic(ip(text))]).toEqual([privately, publicly])
  })
})

describe('a prefix', () => {
  test.for([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.0.0.0/255.255.0.0', '10.0.0.0/16'],
    ['10.0.0.1', '10.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['10.0.0.0/33', undefined],
    ['10.0.0.0/255.0.255.0', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/08', undefined],
    ['/8', undefined],
  ] as const)('%s reads as %s', ([text, read]) => {
    const parsed = parsePrefix(text)
    expect(parsed && formatPrefix(parsed)).toBe(read)
  })

  test('holds its first and last address and nothing beside them', () => {
    fc.assert(
      fc.property(anyPrefix, (one) => {
        expect(prefixContains(one, one.ip)).toBe(true)
        expect(prefixContains(one, prefixLast(one))).toBe(true)
        expect(prefixCovers(one, prefixOf(prefixLast(one), one.length))).toBe(true)
      }),
      runs,
    )
  })

  test.for([
    ['255.255.255.0', 24],
    ['0.0.0.0', 0],
    ['255.255.255.255', 32],
    ['255.0.255.0', undefined],
    ['8', undefined],
  ] as const)('the mask %s has length %s', ([mask, length]) => expect(maskLength(mask)).toBe(length))
})

describe('a set of addresses', () => {
  test('holds an address exactly when one of its prefixes does', () => {
    fc.assert(
      fc.property(fc.array(anyPrefix, { maxLength: 12 }), fc.oneof(ip4, ip6), (prefixes, address) => {
        const set = addressesOfPrefixes(prefixes)
        for (const probe of [address, ...prefixes.map(prefixLast)]) {
          expect(addressSetContains(set, probe)).toBe(prefixes.some((one) => prefixContains(one, probe)))
        }
      }),
      runs,
    )
  })

  test('and its complement share nothing and leave nothing out', () => {
    fc.assert(
      fc.property(fc.array(anyPrefix, { maxLength: 8 }), (prefixes) => {
        const set = addressesOfPrefixes(prefixes)
        expect(intersectionOf(set, complementOf(set))).toEqual(addressSet())
        expect(unionOf(set, complementOf(set))).toEqual(EVERY_ADDRESS)
      }),
      { ...runs, numRuns: 100 },
    )
  })

  test('is written as prefixes where it is one, else as ranges', () => {
    expect(formatAddressSet(addressSet('10.0.0.0/9', '10.128.0.0/9'))).toBe('10.0.0.0/8')
    expect(formatAddressSet(addressSet('10.0.0.1', '10.0.0.2', '10.0.0.3'))).toBe('10.0.0.1-10.0.0.3')
    expect(formatAddressSet(EVERY_ADDRESS)).toBe('any')
    expect(formatAddressSet(addressSet())).toBe('nothing')
    expect(addressSet('10.0.0.0/9', '10.128.0.0/9')).toEqual(addressesOfPrefixes([prefix('10.0.0.0/8')]))
  })
})
