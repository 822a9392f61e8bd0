/** The beginning of a text that somebody sent, for a message to quote: answers do not repeat a megabyte. */
export const shorten = (text: string, most = 100): string =>
  text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
