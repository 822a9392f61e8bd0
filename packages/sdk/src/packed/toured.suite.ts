/** What a tour has seen, wherever it was made. */
export const toured = {
  imported: [2, 1, 3, 1],
  progress: [3],
  clients: 3,
  startIsDate: true,
  end: { status: 'completed', sent: 3 },
  wasTold: true,
  missing: 'tag.not_found',
  hasRequestId: true,
  inUse: '3 clients use this tag.',
  refused: ['phone_number'],
  aborted: 'changed my mind',
};
