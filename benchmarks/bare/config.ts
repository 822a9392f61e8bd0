/** The settings of the bare server. */
export const databaseUrl = process.env.DATABASE_URL;
