// Made from the contract by `npm run sdk`; not to be edited.

import type { Procedure } from '../procedure.js';

export const procedures: Record<string, Record<string, Procedure>> = {
  audit: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
  },
  auth: {
    login: {
      kind: 'mutation',
      takesInput: true,
    },
    logout: {
      kind: 'mutation',
    },
    me: {
      kind: 'query',
    },
    changeMe: {
      kind: 'mutation',
      takesInput: true,
    },
  },
  clients: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
      takesKey: true,
    },
    import: {
      kind: 'mutation',
      takesInput: true,
      takesKey: true,
      path: '/clients/import/',
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    update: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
  },
  codes: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    update: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
  },
  groups: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    update: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
  },
  jobs: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'number',
    },
    read: {
      kind: 'query',
      key: 'id',
    },
  },
  mailing: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
      takesKey: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    update: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
    pause: {
      kind: 'mutation',
      key: 'id',
    },
    resume: {
      kind: 'mutation',
      key: 'id',
    },
    cancel: {
      kind: 'mutation',
      key: 'id',
    },
    retry: {
      kind: 'mutation',
      key: 'id',
    },
    resolve: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    preview: {
      kind: 'query',
      takesInput: true,
    },
    previewStored: {
      kind: 'query',
      key: 'id',
    },
    explain: {
      kind: 'query',
      key: 'id',
      takesInput: true,
    },
  },
  messages: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    resolve: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
  },
  permissions: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
  },
  provider: {
    list: {
      kind: 'query',
    },
  },
  sending: {
    read: {
      kind: 'query',
    },
    stop: {
      kind: 'mutation',
      takesInput: true,
    },
    resume: {
      kind: 'mutation',
    },
  },
  statistic: {
    list: {
      kind: 'query',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
  },
  tags: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    update: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'id',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
  },
  tokens: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'id',
    },
    delete: {
      kind: 'mutation',
      key: 'id',
    },
  },
  users: {
    list: {
      kind: 'query',
      takesInput: true,
      pages: 'key',
    },
    create: {
      kind: 'mutation',
      takesInput: true,
    },
    read: {
      kind: 'query',
      key: 'username',
    },
    update: {
      kind: 'mutation',
      key: 'user',
      takesInput: true,
    },
    partialUpdate: {
      kind: 'mutation',
      key: 'user',
      takesInput: true,
    },
    delete: {
      kind: 'mutation',
      key: 'username',
    },
  },
};
