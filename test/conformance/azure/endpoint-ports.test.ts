import { describe, expect, test } from 'vitest'
import { body, id, nic, type Properties, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { endpoint } from './endpoint-bodies.ts'

const STORAGE = 'Microsoft.Storage/storageAccounts'
const REDIS = 'Microsoft.Cache/redis'
const COSMOS = 'Microsoft.DocumentDB/databaseAccounts'

/** A machine and an approved endpoint for a sub-resource of a service, whose own body the export may lack. */
function near(type: string, group: string, properties?: Properties): Example {
  return {
    bodies: [
      vnet('v', ['10.1.0.0/16'], { pe: { addressPrefix: '10.1.0.0/24' }, s: { addressPrefix: '10.1.1.0/24' } }),
      ...(properties ? [body(`${type}/x`, properties)] : []),
      ...endpoint('pe', 'v/pe', '10.1.0.4', id(`${type}/x`), group),
      nic('vm', 'v/s', '10.1.1.4'),
    ],
  }
}

describe('the ports that the pages of the services list', () => {
  test.for<[type: string, group: string, properties: Properties | undefined, open: number[], unsaid: number[]]>([
    [STORAGE, 'blob', {}, [443], [22, 80, 445, 2049]],
    [STORAGE, 'blob', undefined, [443], [22]],
    [STORAGE, 'blob', { supportsHttpsTrafficOnly: false }, [80, 443], [22]],
    [STORAGE, 'blob', { isSftpEnabled: true }, [22, 443], [2049]],
    [STORAGE, 'blob', { isNfsV3Enabled: true }, [111, 443, 2048, 2049], [22]],
    [STORAGE, 'file', {}, [443, 445], [139, 2049]],
    [STORAGE, 'dfs', {}, [443], [445]],
    ['Microsoft.KeyVault/vaults', 'vault', {}, [443], [22]],
    ['Microsoft.Sql/servers', 'sqlServer', {}, [1433, 11000, 11999], [443, 12000]],
    ['Microsoft.DBforPostgreSQL/flexibleServers', 'postgresqlServer', {}, [5432, 6432], [3306]],
    ['Microsoft.DBforMySQL/flexibleServers', 'mysqlServer', {}, [3306], [5432]],
    [REDIS, 'redisCache', {}, [6380], [6379, 15000]],
    [REDIS, 'redisCache', { enableNonSslPort: true }, [6379, 6380], [13000]],
    [REDIS, 'redisCache', { shardCount: 2 }, [6380, 15001], [13001]],
    ['Microsoft.EventHub/namespaces', 'namespace', {}, [443, 5671, 5672, 9093], [22]],
    ['Microsoft.ServiceBus/namespaces', 'namespace', {}, [443, 5671, 5672], [9093]],
    ['Microsoft.Devices/IotHubs', 'iotHub', {}, [443, 5671, 8883], [1883]],
    [COSMOS, 'Sql', {}, [443], [10350]],
    [COSMOS, 'MongoDB', {}, [10255], [10350]],
    [COSMOS, 'Cassandra', {}, [10350], [10255]],
    ['Microsoft.Purview/accounts', 'account', {}, [443, 22], []],
  ])(
    '%s %s with %j answers on %j, and nobody says that it answers on %j',
    ([type, group, properties, open, unsaid]) => {
      const example = near(type, group, properties)
      const works = (port: number) => asked(example, 'vm', `10.1.0.4:${port}`).works
      expect(open.map(works)).toEqual(open.map(() => 'yes'))
      expect(unsaid.map(works)).toEqual(unsaid.map(() => 'unknown'))
    },
  )

  test('the answer names the ports that are known', () => {
    const { decision } = asked(near(STORAGE, 'file', {}), 'vm', '10.1.0.4:139')
    expect(decision).toContain('a port other than TCP 443,445, which file is documented to answer on')
  })
})
