// Reads server-sent events. Source: WHATWG HTML, 9.2; of it, what our own API sends.

export type StreamEvent = { readonly type: string; readonly data: string };

/** An event is at most 32 KB by our API's own bound; what grows past this is no event of it. */
const textMax = 256 * 1024;

/**
 * One event a block, such as
 *
 *     id: 5f2c-12
 *     event: servers
 *     data: {"changes":[…],"total":10,"tree":"…"}
 *
 * with an empty line behind it. Comments, `id` and `retry` are passed over.
 * @throws Error when an event has no end
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    if (text.length > textMax) throw new Error('an event stream sent an event without end');
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

function eventOf(block: string): StreamEvent | undefined {
  const fields = new Map(block.split('\n').map(line => [line.split(': ', 1)[0]!, line.slice(line.indexOf(': ') + 2)]));
  const [type, data] = [fields.get('event'), fields.get('data')];
  return type === undefined || data === undefined ? undefined : { type, data };
}
