import { expect } from 'chai';
import { storeHost } from './store-host.js';

describe('storeHost', () => {
  const cases: [string, string][] = [
    ['postgresql://app:secret@10.0.0.5:5432/showroom', '10.0.0.5:5432'],
    ['mongodb://app:secret@a:27017,b:27017/jobs?replicaSet=rs0', 'a:27017,b:27017'],
    ['mongodb+srv://app:s%40cret@cluster.example.net', 'cluster.example.net'],
    ['postgresql://app:p@ss/w:rd@db:5432/showroom', 'db:5432'],
    ['postgresql://postgres@%2Ftmp%2Fsockets/showroom', '/tmp/sockets'],
    ['postgresql:///showroom?host=/tmp/sockets', '/tmp/sockets'],
    ['', 'the default host'],
  ];
  for (const [connectionString, host] of cases) {
    it(`finds ${host} in ${connectionString || 'an empty string'}`, () => {
      expect(storeHost(connectionString)).to.equal(host);
    });
  }
});
