import test from 'ava';
import Type, { type TSchema } from 'typebox';
import { schema } from './schema.ts';

function* described(part: TSchema, path: string): Generator<[path: string, it: { description?: string; is?: string }]> {
  if (!Type.IsObject(part)) yield [path, part as { description?: string; is?: string }];
  const inner = Type.IsArray(part) ? { '[]': part.items } : Type.IsObject(part) ? part.properties : {};
  for (const [key, child] of Object.entries(inner)) yield* described(child as TSchema, path ? `${path}.${key}` : key);
}

test('every setting says what it is for and which values it takes', t => {
  const settings = [...described(schema, '')];
  t.true(settings.length > 30);
  for (const [path, { description, is }] of settings) {
    t.regex(description ?? '', /^.{10,200}[.]$/, path);
    t.truthy(is, path);
  }
});
