// An answer with objects that are all at hand; a node reads its own from the store while it fills one.
import { type Answered, ObjectsAnswer } from '../node/gossip/protocols.ts';

/** As many of them as one answer holds. */
export function formatObjects(objects: Iterable<Answered>): Uint8Array {
  const answer = new ObjectsAnswer();
  for (const object of objects) if (!answer.add(object)) break;
  return answer.bytes();
}
