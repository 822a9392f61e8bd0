/*
 * Clients are listed by tag, by code, and by both, each in the order of their ids, so that a page of them costs what a page
 * of all clients does. The id is a column of these indexes' order therefore, and not merely included in them.
 */
export const name = '0009-clients-by-filter';

export const up = `
CREATE INDEX clients_tag ON clients (tag_id, id);
CREATE INDEX clients_code ON clients (code_id, id);
CREATE INDEX clients_tag_code ON clients (tag_id, code_id, id);
DROP INDEX clients_filter, clients_code_id;
`;
