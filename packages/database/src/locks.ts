/*
 * The numbers of our advisory locks. Nobody else locks them in our database; no two may be the same, and none may ever
 * change, or processes of two versions would not wait for each other.
 */

/** Held while migrating, so that several processes may start at once. */
export const migrationLock = 7_305_100;
/** Held while a block of message ids is taken, so that a mailing's ids are contiguous; shared by deletions of clients. */
export const messageIdsLock = 7_305_101;
/** Held while the counts of clients are folded, so that one does it at a time. */
export const foldLock = 7_305_102;
/** Held while a server that starts looks for a superuser, so that several create no more than one. */
export const firstSuperuserLock = 7_305_103;
/** Held while the role and the database are made, in the superuser's own database. */
export const prepareLock = 7_305_104;
/** Held while a new username is compared with others and written. */
export const usernamesLock = 7_305_113;
