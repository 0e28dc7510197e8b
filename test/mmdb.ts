// Writes small MMDB files, by the format's specification (https://maxmind.github.io/MaxMind-DB/): 24-bit records, IPv4 in an
// IPv6 tree at ::/96, as published databases have it.
import { Buffer } from 'node:buffer';
import ipaddr from 'ipaddr.js';

type Value = string | number | { readonly [key: string]: Value };
/** Either record: the next node, a value, or nothing. */
type Node = [Record_, Record_];
type Record_ = Node | number | undefined;

const separator = Buffer.alloc(16);
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

/** A database of ranges and what it tells of them. */
export function mmdbOf(ranges: readonly (readonly [cidr: string, value: Value])[], ipVersion: 4 | 6 = 6): Buffer {
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  let dataLength = 0;
  for (const [cidr, value] of ranges) {
    const bits = bitsOf(cidr, ipVersion);
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      node[bit] ??= [undefined, undefined];
      node = node[bit] as Node;
    }
    node[bits.at(-1)!] = dataLength;
    const bytes = encoded(value);
    data.push(bytes);
    dataLength += bytes.length;
  }
  const nodes = allOf(root);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [i, node] of nodes.entries()) {
    for (const side of [0, 1] as const) {
      const record = node[side];
      const number =
        record === undefined
          ? nodes.length
          : typeof record === 'number'
            ? nodes.length + separator.length + record
            : numbers.get(record)!;
      tree.writeUIntBE(number, i * 6 + side * 3, 3);
    }
  }
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_763_600_000,
    database_type: 'test-asn',
    ip_version: ipVersion,
    node_count: nodes.length,
    record_size: 24,
  };
  return Buffer.concat([tree, separator, ...data, marker, encoded(metadata)]);
}

function bitsOf(cidr: string, ipVersion: 4 | 6): (0 | 1)[] {
  const [ip, length] = ipaddr.parseCIDR(cidr);
  const own = ip.toByteArray().flatMap(byte => [...byte.toString(2).padStart(8, '0')].map(bit => Number(bit) as 0 | 1));
  const before = ip.kind() === 'ipv4' && ipVersion === 6 ? Array<0 | 1>(96).fill(0) : [];
  return [...before, ...own.slice(0, length)];
}

function allOf(node: Node): Node[] {
  return [node, ...node.flatMap(record => (Array.isArray(record) ? allOf(record) : []))];
}

/** Strings of less than 285 bytes, whole numbers up to 32 bits, and maps with less than 29 of them. */
function encoded(value: Value): Buffer {
  if (typeof value === 'string') {
    const { length } = value;
    const head = length < 29 ? [(2 << 5) | length] : [(2 << 5) | 29, length - 29];
    return Buffer.concat([Buffer.from(head), Buffer.from(value)]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.of((6 << 5) | 4), bytes]);
  }
  const entries = Object.entries(value).flatMap(entry => entry.map(encoded));
  return Buffer.concat([Buffer.of((7 << 5) | (entries.length / 2)), ...entries]);
}
