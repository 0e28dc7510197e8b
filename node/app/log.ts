// The node's log: one JSON line an event through pino, with text from the network made harmless.
import { pino } from 'pino';
import { printable } from '../base/text.ts';
import type { Clock } from '../base/time.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type Log = (level: LogLevel, message: string) => void;

export function logger(level: LogLevel | 'silent', clock: Clock, write: (line: string) => void): Log {
  const time = () => `,"time":"${new Date(clock()).toISOString()}"`;
  const formatters = { level: (label: string) => ({ level: label }) };
  const log = pino({ level, base: null, timestamp: time, formatters }, { write: line => write(line.trimEnd()) });
  return (at, message) => log[at](printable(message));
}
