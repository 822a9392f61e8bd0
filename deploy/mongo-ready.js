// Run by mongosh inside the container of compose.yaml, every few seconds. Exits with 0 when the store can be used.
// At the first start it makes the replica set and the first user: mongod allows both from within while it has no user.
// The app's user can read and write the jobs, and nothing else.
// biome-ignore lint/style/noProcessEnv: this is all that mongosh has
const { MONGO_ROOT_PASSWORD, MONGO_PASSWORD } = process.env;
const admin = db.getSiblingDB('admin');
const jobs = db.getSiblingDB('showroom');
const user = { pwd: MONGO_PASSWORD, roles: [{ role: 'readWrite', db: 'showroom' }] };

function succeeds(attempt) {
  try {
    return Boolean(attempt());
  } catch {
    return false;
  }
}

const canSignIn = () => succeeds(() => jobs.auth('showroom', MONGO_PASSWORD));

if (!admin.runCommand({ hello: 1 }).isWritablePrimary) {
  // An older volume has its set already, and is elected in a moment.
  succeeds(() => admin.runCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } }));
  quit(1);
}
if (!canSignIn()) {
  if (!succeeds(() => admin.auth('root', MONGO_ROOT_PASSWORD))) {
    admin.createUser({ user: 'root', pwd: MONGO_ROOT_PASSWORD, roles: ['root'] });
    admin.auth('root', MONGO_ROOT_PASSWORD);
  }
  if (jobs.getUser('showroom')) jobs.updateUser('showroom', user);
  else jobs.createUser({ user: 'showroom', ...user });
  quit(canSignIn() ? 0 : 1);
}
