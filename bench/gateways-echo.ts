// Answers each datagram with the packets that it was given, and does nothing else: the limit for gateways.ts.
import { createSocket } from 'node:dgram';

process.once('message', (texts: string[]) => {
  const packets = texts.map(text => Buffer.from(text, 'base64'));
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.on('message', (_, { address, port }) => {
    for (const packet of packets) socket.send(packet, port, address);
  });
  socket.bind(0, '127.0.0.1', () => process.send!(socket.address().port));
});
