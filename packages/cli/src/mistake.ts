/** Something to tell whoever typed the command, without a stack. */
export class Mistake extends Error {}
