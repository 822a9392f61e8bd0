/*
 * An import finds clients by their number, and so does whoever is asked by telephone. Numbers are not unique: the old
 * service took the same one twice.
 */
export const name = '0005-phone-numbers';

export const up = `
CREATE INDEX clients_phone_number ON clients (phone_number);
`;
