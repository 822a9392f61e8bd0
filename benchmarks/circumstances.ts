import { tellCircumstances, testServer } from '@showroom/testing';

/** Prints the circumstances above each table. */
export const mochaHooks = {
  async beforeEach() {
    process.stdout.write(`\n${await tellCircumstances(testServer())}\n`);
  },
};
