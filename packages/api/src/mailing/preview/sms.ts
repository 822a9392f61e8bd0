import type { SmsParts } from '@showroom/contract';
import { SegmentedMessage } from 'sms-segments-calculator';

/** In how many short messages a text goes to each of `audience` phones. */
export function toSmsParts(text: string, audience: number): SmsParts {
  const { encodingName, numberOfCharacters, segmentsCount } = new SegmentedMessage(text);
  const isGsm = encodingName === 'GSM-7';
  return {
    encoding: isGsm ? 'GSM-7' : 'UCS-2',
    characters: isGsm ? numberOfCharacters : text.length,
    parts: segmentsCount,
    total_parts: segmentsCount * audience,
  };
}
