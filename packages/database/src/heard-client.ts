import pg from 'pg';

/**
 * A client that PostgreSQL may end at any moment. An error that no listener hears ends the process, and Sequelize listens
 * only some moments after a client has connected. Nothing is lost here: whoever asks the client next is told.
 */
export class HeardClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}
