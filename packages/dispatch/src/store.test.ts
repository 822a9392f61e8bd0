import { MemoryLedger } from './memory-ledger.js';
import { MemoryStore } from './memory-store.js';
import { testDispatchStore } from './store.suite.js';

testDispatchStore('memory', async () => {
  const ledger = new MemoryLedger();
  return {
    openWorker: async () => {
      const store = new MemoryStore(ledger);
      return { store, die: async () => store.die() };
    },
    addClients: async (count) => ledger.addClients(count),
    changeNumber: async (id, phone) => void ledger.clients.set(id, phone),
    removeClient: async (id) => ledger.removeClient(id),
    addMailing: async (mailing) => ledger.addMailing(mailing),
    changeMailing: async (id, change) => ledger.changeMailing(id, change),
    stopSending: async () => {
      ledger.isStopped = true;
    },
    resumeSending: async () => {
      ledger.isStopped = false;
    },
    mailingStatus: async (id) => ledger.mailings.get(id)?.status ?? null,
    messageStatuses: async (id) => ledger.messagesOf(id).map(({ status }) => status),
    messageReasons: async (id) => ledger.messagesOf(id).map(({ reason }) => reason),
    close: async () => {},
  };
});
